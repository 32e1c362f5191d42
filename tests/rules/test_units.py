"""Units and scripts of one server are understood by systemd, and give little to intruders."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.server.units import UNITS, read
from tests.rules.test_files import PROJECT

# 0 is all that systemd knows of, 10 nothing at all; what it warns of begins at 5.
MOST_EXPOSED = 20
INSTANCES = {"mediashare-web@": "website", "mediashare-worker@": "bulk"}
NAMES = sorted(
    each.name.replace("@.", f"@{INSTANCES.get(each.stem, '')}.")
    for each in UNITS.iterdir()
    if each.is_file()
)
SERVICES = [name for name in NAMES if name.endswith(".service")]
SCRIPTS = ["manage", "release"]

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="This machine has no systemd."
)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root directory with our units among the system's own, and programs that are only there."""
    root = tmp_path_factory.mktemp("machine")
    shutil.copytree("/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    shutil.copytree(UNITS, root / "etc/systemd/system")
    programs = root / "opt/mediashare/current/.venv/bin"
    programs.mkdir(parents=True)
    for name in ("python", "caddy"):
        shutil.copy("/bin/true", programs / name)
    return root


def analyze(machine: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", f"--root={machine}", "--man=no", "--no-pager", *words],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )


@needs_systemd
def test_systemd_understands_every_unit(machine: Path):
    looked = analyze(machine, "--recursive-errors=no", "verify", *NAMES)

    assert (looked.returncode, looked.stdout, looked.stderr) == (0, "", "")


@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="It is not here.")
def test_systemd_understands_who_the_users_are(tmp_path: Path):
    place = tmp_path / "etc" / "sysusers.d" / "mediashare.conf"
    place.parent.mkdir(parents=True)
    shutil.copy(PROJECT / "deploy" / "server" / "mediashare.sysusers", place)
    words = ["systemd-sysusers", f"--root={tmp_path}", place.name]
    looked = subprocess.run(words, capture_output=True, text=True, check=False)

    assert looked.returncode == 0, looked.stderr
    made = (tmp_path / "etc" / "passwd").read_text()
    assert sorted(re.findall(r"^([\w-]+):", made, re.M)) == [
        "mediashare",
        "mediashare-data",
        "mediashare-proxy",
    ]


@needs_systemd
def test_an_intruder_could_do_little(machine: Path):
    for name in SERVICES:
        looked = analyze(machine, "--offline=true", f"--threshold={MOST_EXPOSED}", "security", name)
        assert looked.returncode == 0, (name, looked.stdout[-300:])


@needs_systemd
def test_only_the_proxy_keeps_a_power_of_root(machine: Path):
    def powers(name: str) -> list[str]:
        looked = analyze(machine, "--offline=true", "--json=short", "security", name)
        return [
            each["json_field"]
            for each in json.loads(looked.stdout)
            if "Capabilit" in (each["json_field"] or "") and not each["set"]
        ]

    assert [name for name in SERVICES if powers(name)] == ["mediashare-proxy.service"]


def test_the_units_are_the_processes_that_the_readme_names():
    readme = (PROJECT / "deploy" / "README.md").read_text()

    assert set(re.findall(r"`(mediashare-[a-z]+@?)`", readme)) == {
        re.sub(r"(@[a-z]+)?\.service$", lambda at: "@" if at[1] else "", name) for name in SERVICES
    }


def test_workers_are_told_to_end_within_the_time_that_a_spot_instance_has():
    unit = read("mediashare-worker@bulk.service")

    grace = int(dict(line.split("=") for line in unit["Environment"])["STOP_GRACE_SECONDS"])
    assert grace < float(unit["TimeoutStopSec"][0]) <= 120


def test_the_image_is_as_a_linter_wants_it():
    hadolint = Path(sys.executable).parent / "hadolint"
    looked = subprocess.run(
        [str(hadolint), "deploy/Dockerfile"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (looked.returncode, looked.stdout) == (0, "")


def test_the_image_gets_what_it_copies_and_nothing_else():
    ignored = (PROJECT / ".dockerignore").read_text().splitlines()
    copied = re.findall(r"^COPY (\S+)", (PROJECT / "deploy" / "Dockerfile").read_text(), re.M)

    sent = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored
    assert {name.strip("./") for name in copied if "--from" not in name} == {
        name.strip("./") for name in sent
    }
    assert all((PROJECT / name).exists() for name in sent)


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_shell(name: str):
    script = PROJECT / "deploy" / "server" / name

    assert os.access(script, os.X_OK)
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
