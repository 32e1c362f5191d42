"""What the browser gets from others is written down, with its licence beside it."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
VENDOR = PROJECT / "mediashare" / "static" / "vendor"
DECISION = PROJECT / "docs" / "decisions" / "0009-vendored-front-end.md"


def test_the_decision_lists_each_folder_and_no_other():
    rows = [line for line in DECISION.read_text().splitlines() if line.startswith("| `")]

    listed = {row.split("`")[1] for row in rows}

    assert listed == {folder.name for folder in VENDOR.iterdir()}


def test_each_folder_has_its_licence():
    assert [folder.name for folder in VENDOR.iterdir() if not list(folder.glob("LICENSE*"))] == []
