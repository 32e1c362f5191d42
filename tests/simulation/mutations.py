"""Faults planted one by one, each of which the simulated world must find.

    python -m tests.simulation.mutations [name] [--seeds 3000]

Works on a copy of the source. What no seed finds is looked for by the cases of `tests/unit`, since
some moments are too rare for a seed; what they do not find either is printed as MISSED, and the
exit code is 1.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLAY = """
import sys
from tests.simulation.world import play
for seed in range(int(sys.argv[1])):
    try:
        play(seed)
    except BaseException as error:
        print(f"seed {seed}: {str(error)[:100]!r}")
        break
else:
    sys.exit(7)
"""


CASES = tuple(
    f"tests/unit/sync/client/test_{name}.py"
    for name in ("apply", "engine_on_disk", "hearing", "named")
)


@dataclass(frozen=True)
class Mutation:
    name: str
    file: str
    right: str
    wrong: str


MUTATIONS = (
    Mutation(
        "a deletion beats an edit",
        "sync/planner/merge.py",
        "    elif found == base:",
        "    elif True:",
    ),
    Mutation(
        "the losing edit is not kept",
        "sync/planner/merge.py",
        "        if _is_conflict(*sides):",
        "        if False and _is_conflict(*sides):",
    ),
    Mutation(
        "the base of a change is not compared",
        "sync/protocol/rules.py",
        "    if change.base != known:",
        "    if False and change.base != known:",
    ),
    Mutation(
        "bytes get their name before they are flushed",
        "sync/client/engine.py",
        "            world.disk.flush(files=",
        "            dict(files=",
    ),
    Mutation(
        "names are noted before they are flushed",
        "sync/client/engine.py",
        "            applier.flush()",
        "            pass",
    ),
    Mutation(
        "what was seen is noted before it is flushed",
        "sync/client/engine.py",
        "            world.disk.flush_all()",
        "            pass",
    ),
    Mutation(
        "what a step takes away is not looked at before",
        "sync/client/apply.py",
        "if stat is None or stat.kind != seen.kind or not self._is_as_seen(seen, path, stat):",
        "if stat is None:",
    ),
    Mutation(
        "what was exchanged is not looked at after",
        "sync/client/apply.py",
        "        if self._disk.stat(slot) != before:\n            self._is_edited = True\n"
        "            self._give_back",
        "        if False:\n            self._is_edited = True\n            self._give_back",
    ),
    Mutation(
        "what was written while something was given back goes to the trash",
        "sync/client/apply.py",
        "            if self._disk.stat(slot) == placed:",
        "            if True:",
    ),
    Mutation(
        "what was removed is not looked at after",
        "sync/client/apply.py",
        "        if self._disk.stat(slot) != before:\n            self._is_edited = True\n"
        "            with",
        "        if False:\n            self._is_edited = True\n            with",
    ),
    Mutation(
        "what is removed does not go to the trash",
        "sync/client/apply.py",
        "            self._throw_away(path, stat)\n        self._touch",
        "            self._disk.remove_file(path)\n        self._touch",
    ),
    Mutation(
        "what is there now is noted for what was put there",
        "sync/client/apply.py",
        '        sha256 = wanted.content.sha256 if wanted.content else ""',
        "        stat = self._disk.stat(path) or stat\n"
        '        sha256 = wanted.content.sha256 if wanted.content else ""',
    ),
    Mutation(
        "the cursor moves before the lines are noted",
        "sync/client/hearing.py",
        "        with self._state.transaction():\n            self._state.hear(page.revisions)",
        "        with self._state.transaction():\n"
        '            self._state.set_fact("cursor", str(page.cursor))\n'
        "        with self._state.transaction():\n            self._state.hear(page.revisions)",
    ),
    Mutation(
        "an answer that was not heard is taken for a yes",
        "sync/client/engine.py",
        "        answered = list(zip(",
        "        answers = [each if _is_yes(each) else Accepted(1) for each in answers]\n"
        "        answered = list(zip(",
    ),
    Mutation(
        "base is told that what was only planned is done",
        "sync/client/engine.py",
        "        except (NotDone, DiskFull) as error:\n            return str(error)",
        "        except (NotDone, DiskFull) as error:\n"
        "            self._state.agree(step.identity, step.after)\n            return str(error)",
    ),
    Mutation(
        "a change is sent on a base that it was not planned on",
        "sync/client/engine.py",
        "        if (heard.entry if heard else None) != step.before or target is None:",
        "        if target is None:",
    ),
    Mutation(
        "a second edit in the same moment is not noticed",
        "sync/client/scan.py",
        "COARSEST_NS = 2 * 10**9",
        "COARSEST_NS = -(10**11)",
    ),
    Mutation(
        "a second edit in the same tick of a fine clock is not noticed",
        "sync/client/scan.py",
        "FINER_NS = 10**8",
        "FINER_NS = -(10**11)",
    ),
    Mutation(
        "only another size is an edit",
        "sync/client/scan.py",
        "            if row is None or row[STAT] != stat:",
        "            if row is None or row[STAT][:3] != stat[:3]:",
    ),
    Mutation(
        "the same inode is the same file, whatever is in it",
        "sync/client/scan.py",
        "            if seen.stat == found.stat and self._is_missing(seen):",
        "            if seen.kind == found.stat.kind and self._is_missing(seen):",
    ),
    Mutation(
        "a folder that could not be looked at is empty",
        "sync/client/scan.py",
        '            self._findings.problems[path] = f"cannot be read: {error.strerror or error}"\n'
        "            return\n",
        "            listed = []\n",
    ),
    Mutation(
        "nothing is looked at again once all was equal",
        "sync/client/engine.py",
        "            if findings.is_other:\n",
        "            if False:\n",
    ),
    Mutation(
        "whose change has the number of the cursor is not compared",
        "sync/client/hearing.py",
        "        if (heard and there and heard != there) or self._is_ahead_of(page):",
        "        if self._is_ahead_of(page):",
    ),
    Mutation(
        "what answers told beyond the cursor is taken for heard",
        "sync/client/hearing.py",
        "        if (heard and there and heard != there) or self._is_ahead_of(page):",
        "        if heard and there and heard != there:",
    ),
    Mutation(
        "what others changed between own changes is passed by",
        "sync/client/hearing.py",
        "        if sorted(keys) != list(range(since + 1, last + 1)) or keys.get(last)",
        "        if keys.get(last)",
    ),
    Mutation(
        "own changes that follow another one than was heard are passed by",
        "sync/client/hearing.py",
        '        if committed.since_key == self._state.fact("key") and',
        "        if",
    ),
    Mutation(
        "a new file takes the record of what was seen at its place",
        "sync/client/apply.py",
        "        if self._is_taken(wanted.place):",
        "        if False:",
    ),
    Mutation(
        "a folder that goes while it is looked at is not looked for",
        "sync/client/scan.py",
        "            left = gone | (self._vacated.keys() & self._begun)",
        "            left = gone",
    ),
    Mutation(
        "what was written at the moment of an interruption stays in the trash",
        "sync/client/engine.py",
        "        if not name:",
        "        if True:",
    ),
)


def finding(mutation: Mutation, seeds: int) -> str:
    """What the first seed that finds a planted fault says; empty when none does."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("sync", "tests"):
            shutil.copytree(
                ROOT / part,
                Path(folder, part),
                ignore=shutil.ignore_patterns("__pycache__", "journeys", "media", "conftest.py"),
            )
        Path(folder, "pytest.ini").write_text("[pytest]\n")
        file = Path(folder, mutation.file)
        file.write_text(file.read_text().replace(mutation.right, mutation.wrong, 1))
        played = subprocess.run(
            [sys.executable, "-c", PLAY, str(seeds)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if played.returncode != 7:
            return (played.stdout or played.stderr).strip().splitlines()[-1]
        cases = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", f"--rootdir={folder}", *CASES],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    failed = [line for line in cases.stdout.splitlines() if line.startswith("FAILED")]
    # Python says 1 too, where pytest itself is missing.
    if cases.returncode not in {0, 1} or bool(cases.returncode) != bool(failed):
        raise RuntimeError(cases.stdout + cases.stderr)
    return failed[0] if failed else ""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("name", nargs="?", default="", help="a part of a fault's name")
    arguments.add_argument("--seeds", type=int, default=3000)
    asked = arguments.parse_args()
    missed = 0
    for mutation in MUTATIONS:
        if asked.name not in mutation.name:
            continue
        found = finding(mutation, asked.seeds)
        missed += not found
        sys.stdout.write(f"{'found' if found else 'MISSED'}: {mutation.name}: {found}\n")
        sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
