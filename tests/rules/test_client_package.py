"""`pip install .` gives the sync client, whole, with a handful of packages and without Django."""

import os
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
# Where the Makefile has put it when the system has none.
UV = shutil.which("uv") or str(PROJECT / ".local" / "uv" / "bin" / "uv")
DESCRIBED = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
HANDFUL = 12


def uv(*arguments: object) -> None:
    # The environment of the tests is not the one that is meant.
    others = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    subprocess.run([UV, *map(str, arguments)], check=True, cwd=PROJECT, env=others)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--quiet", "--wheel", "--out-dir", folder, PROJECT)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment in which there is nothing but the wheel and what it asks."""
    place = tmp_path_factory.mktemp("bare") / "venv"
    uv("venv", "--quiet", "--no-python-downloads", place)
    uv("pip", "install", "--quiet", "--python", place / "bin" / "python", wheel)
    return place / "bin"


def test_it_asks_for_what_its_requirements_say_and_no_more():
    lines = (PROJECT / "requirements" / "sync.in").read_text().splitlines()

    assert DESCRIBED["dependencies"] == [line for line in lines if not line.startswith("#")]
    assert len(DESCRIBED["dependencies"]) <= HANDFUL


def test_the_wheel_holds_the_client_and_nothing_of_the_service(wheel):
    inside = zipfile.ZipFile(wheel).namelist()
    modules = [name for name in inside if name.endswith(".py")]

    assert "sync/client/cli/main.py" in modules
    assert "sync/planner/plan.py" in modules
    assert "sync/protocol/messages.py" in modules
    assert [name for name in modules if not name.startswith("sync/")] == []
    assert [name for name in modules if name.startswith("sync/server/")] == []


def test_every_command_loads_where_django_is_not(bare):
    helped = subprocess.run(
        [bare / "mediashare-sync", "--help"], check=True, capture_output=True, text=True
    )
    django = subprocess.run(
        [bare / "python", "-c", "import django"], check=False, capture_output=True
    )

    # The help shows a line of each command, and so loads them all.
    assert "login " in helped.stdout
    assert "logout " in helped.stdout
    assert b"ModuleNotFoundError" in django.stderr
