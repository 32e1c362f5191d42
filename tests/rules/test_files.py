"""What holds for every file that is committed."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
# Put together here, so that this file does not contain what it looks for.
PLACES = ["/" + "work/", "/" + "root/", "/" + "home/"]
REGISTRIES = [
    "pypi" + ".org",
    "files." + "pythonhosted",
    "registry." + "npmjs",
    "--index" + "-url ",
]


def committed(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [PROJECT / name for name in listed.split("\0") if name and (PROJECT / name).exists()]


def test_git_lists_the_files():
    assert PROJECT / "manage.py" in committed()


def test_no_file_names_a_package_registry_or_a_place_on_one_machine():
    found = [
        f"{file.relative_to(PROJECT)}: {word}"
        for file in committed()
        if "vendor" not in file.parts
        for word in (*PLACES, *REGISTRIES)
        if word.encode() in file.read_bytes()
    ]

    assert found == []


def test_every_module_says_what_it_is():
    silent = [
        str(file.relative_to(PROJECT))
        for file in committed("*.py")
        if "migrations" not in file.parts
        and (source := file.read_text()).strip()
        and not ast.get_docstring(ast.parse(source))
    ]

    assert silent == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/one-machine.md"])
def test_every_command_a_document_names_is_in_the_makefile(document):
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)`", (PROJECT / document).read_text()))
    named |= set(re.findall(r"^ +make ([a-z-]+)", (PROJECT / document).read_text(), re.MULTILINE))

    assert named
    assert named <= targets


def test_every_link_between_documents_leads_somewhere():
    broken = [
        f"{document.relative_to(PROJECT)}: {target}"
        for document in committed("*.md")
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text())
        if not (document.parent / target).exists()
    ]

    assert broken == []
