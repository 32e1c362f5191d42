"""Documents name files that exist, and every decision is numbered and listed."""

import re
from pathlib import Path

from tests.rules.test_files import PROJECT, committed

DECISIONS = PROJECT / "docs" / "decisions"
FILE = re.compile(
    r"`((?:albums|deploy|docs|mediashare|processing|requirements|sync|tests)/[\w./-]+)"
)
# Named because they are not there; whoever adds one finds the page that says so.
ABSENT = {"mediashare/asgi.py"}


def files_named() -> set[str]:
    """A placeholder as NAME-VERSION is no file to look for."""
    return {
        name
        for document in committed("*.md")
        for name in FILE.findall(document.read_text())
        if "NAME" not in name
    }


def test_documents_name_files_that_exist():
    named = files_named()

    assert len(named) > 40
    assert {name for name in named if not (PROJECT / name).exists()} == ABSENT


def test_decisions_are_numbered_without_a_gap():
    numbers = sorted(int(page.name[:4]) for page in DECISIONS.glob("0*.md"))

    assert numbers == list(range(1, len(numbers) + 1))


def test_the_index_lists_every_decision_in_order():
    pages = sorted(page.name for page in DECISIONS.glob("0*.md"))
    index = (DECISIONS / "README.md").read_text()

    assert re.findall(r"\((\d{4}-[\w-]+\.md)\)", index) == pages


def test_a_decision_is_one_page():
    long = [page.name for page in DECISIONS.glob("0*.md") if words_in(page) > 900]

    assert long == []


def words_in(page: Path) -> int:
    return len(page.read_text().split())
