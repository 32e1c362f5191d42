# Everything a person does here. `make help` lists it.

PYTHON := .venv/bin/python
# Tools that import the settings need values, not servers.
TOOL := set -a; . ./.env.example; set +a; $(PYTHON)
# The same order, examples and hashes wherever it runs; another SEED is another run.
SEED ?= 1
SEEDED := --randomly-seed=$(SEED) --hypothesis-seed=$(SEED)
# A worker that dies ends the run as failed: with one in its place, xdist may wait for ever.
PYTEST := PYTHONHASHSEED=$(SEED) $(PYTHON) -m pytest -n 2 --dist loadgroup --max-worker-restart=0

.DEFAULT_GOAL := help
.PHONY: help run test soak soak-sync soak-computers check lint types format shell bench simulate screenshots stacks requirements clean
.PHONY: install install-dev browser

help: ## list these
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: install ## start everything on this machine (PORT=9000 for another port); Ctrl-C stops it
	@exec $(PYTHON) manage.py run

test: install-dev browser lint types ## every check and every test (SEED=7 for another order and other examples)
	@$(PYTEST) $(SEEDED) --reruns 1

soak: install-dev ## rounds of random faults, to the first finding or Ctrl-C (CHAOS_ROUNDS=20; CHAOS_SEED=7)
	@CHAOS_ROUNDS=$${CHAOS_ROUNDS:-10000} $(PYTHON) -m pytest -n0 -x -v --tb=short \
		-k whatever_fails tests/journeys/test_faults.py

soak-sync: install-dev ## simulated worlds of sync that nobody has seen, and plans, to the first finding or Ctrl-C
	@SIMULATION_FIRST=$${SIMULATION_FIRST:-$$(date +%s)} SIMULATION_SEEDS=$${SIMULATION_SEEDS:-1000000} \
		PLANNER_EXAMPLES=1000000 $(PYTEST) --timeout=0 -x tests/simulation tests/unit/sync

soak-computers: install-dev ## rounds of three real clients that are killed, with the service, to the first finding
	@CHAOS_ROUNDS=$${CHAOS_ROUNDS:-10000} $(PYTHON) -m pytest -n0 -x -v --tb=short \
		-k whatever_is_killed tests/journeys/test_faults.py

check: install-dev lint types ## the fast part: format, lint, types, imports, migrations, low tests
	@$(PYTEST) $(SEEDED) tests/unit tests/rules tests/app

lint: install-dev ## format, lint, import contracts, migrations
	@$(PYTHON) -m ruff format --check --quiet .
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -c 'from importlinter.cli import lint_imports_command as lint; lint()' --no-cache
	@$(TOOL) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

types: install-dev ## types
	@$(TOOL) -m mypy .

format: install-dev ## put the code into its format, and mend what can be mended
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

shell: install ## a Python prompt on the running stack's data
	@exec $(PYTHON) manage.py shell

bench: install-dev ## measure for an hour; writes docs/performance.md (ONLY="photos" prints these alone)
	@$(PYTHON) -m tests.benchmarks $(ONLY)

simulate: install-dev ## play days of production with 10 to 10,000,000 users; writes docs/scaling.md and its plots
	@$(PYTHON) -m deploy.simulate

screenshots: install-dev browser ## take docs/screenshots anew
	@$(PYTHON) -m tests.screenshots

stacks: install-dev ## make the AWS templates of a site and check them (SITE=site.json; into cdk.out)
	@$(PYTHON) -m tests.stacks $${SITE:-site.json} cdk.out

requirements: install-dev ## compile requirements/*.in into pinned files with hashes
	@for name in uv base embedded server dev standins peers deploy; do \
		uv pip compile --quiet --generate-hashes --python-version 3.11 --universal \
			--no-emit-index-url $(UPGRADE) requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

clean: ## remove var/ with everything in it, after asking (FORCE=1 does not ask)
	@sh -c '[ ! -e var/run.lock ] || flock -n var/run.lock true' \
		|| { echo "The stack is running; stop it first."; exit 1; }
	@[ -n "$(FORCE)" ] || { printf 'Remove var/ with all accounts and photos in it? [y/N] '; \
		read answer; [ "$$answer" = y ]; }
	@if [ -L var/postgres ]; then rm -rf "$$(readlink var/postgres)"; fi
	@rm -rf var

install:
	@requirements/install embedded

install-dev:
	@requirements/install dev

browser:
	@tests/install-browser
