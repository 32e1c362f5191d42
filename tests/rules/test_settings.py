"""`.env.example` names every setting that the code reads, with a word on each."""

import ast
import re
from itertools import pairwise
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
READERS = {"text", "flag", "number", "choice", "listing", "pairs"}
NAME = re.compile(r"[A-Z][A-Z0-9_]+")


def names_read() -> set[str]:
    tree = ast.parse((PROJECT / "mediashare" / "settings.py").read_text())
    return {
        str(call.args[0].value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and _is_reader(call.func)
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def _is_reader(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in READERS
    return ast.unparse(function) == "os.environ.get"


def example_lines() -> list[str]:
    return (PROJECT / ".env.example").read_text().splitlines()


def test_the_reader_of_this_test_finds_settings():
    assert {"SECRET_KEY", "DATABASE_URL", "MEDIASHARE_HOME", "TRASH_DAYS"} <= names_read()


def test_the_example_names_every_setting_and_nothing_else():
    named = {line.split("=")[0] for line in example_lines() if NAME.match(line)}

    assert named == names_read()


def test_each_setting_is_explained_on_the_line_above():
    lines = example_lines()
    silent = [
        line.split("=")[0]
        for above, line in pairwise(lines)
        if NAME.match(line) and not above.startswith("# ")
    ]

    assert silent == []


def test_only_the_settings_and_the_stack_read_the_environment():
    readers = {
        str(file.relative_to(PROJECT))
        for folder in ("mediashare", "albums", "processing", "sync")
        for file in (PROJECT / folder).rglob("*.py")
        if re.search(r"os\.(environ\.get|environ\[|getenv)", file.read_text())
    }

    assert {name for name in readers if not name.startswith("mediashare/embedded/")} == {
        "mediashare/settings.py"
    }
