"""Computers are let in by a browser, keep a folder equal, and are signed out from afar."""

import os
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from mediashare.embedded.stack import Stack
from sync.client.cli.endings import Ending
from sync.client.cli.main import run
from tests.people import PASSWORD

PATIENCE = 60
LONG_AGO = 1_700_000_000


def let_in(page: Page, site: Stack, home: Path) -> None:
    """What somebody does who signs a computer in: ask there, answer here."""
    words = ["--home", home, "login", site.url, "--name", home.name, "--token-in-file"]
    asking = subprocess.Popen(
        [sys.executable, "-m", "sync.client.cli", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert asking.stderr
    address = next(line for line in asking.stderr if "code=" in line)
    page.goto(re.sub(r"^.*(/account/\S+)\s*$", r"\1", address))
    expect(page.get_by_text(home.name, exact=True)).to_be_visible()
    page.get_by_role("button", name="Let it in").click()
    if page.get_by_role("heading", name="Is it you?").is_visible():
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("status").filter(has_text="is let in")).to_be_visible()
    said, _ = asking.communicate(timeout=PATIENCE)
    assert f"as “{home.name}”" in said


def write(path: Path, text: str) -> None:
    """As if some time ago: what is being written is left for later."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (LONG_AGO, LONG_AGO + len(text)))


def does(home: Path, *words: object) -> int:
    return run(["--home", str(home), *map(str, words)])


def test_two_computers_are_equal_until_one_is_signed_out(
    page: Page, running_site: Stack, tmp_path: Path
):
    laptop, desk = tmp_path / "laptop", tmp_path / "desk"
    here, there = tmp_path / "here" / "Notes", tmp_path / "there"
    for home in (laptop, desk):
        let_in(page, running_site, home)
    write(here / "plan.txt", "first")

    assert does(laptop, "add", here) == Ending.FINE
    assert does(desk, "clone", "Notes", there) == Ending.FINE
    write(there / "plan.txt", "second, longer")
    assert does(desk, "sync") == does(laptop, "sync") == Ending.FINE

    assert (here / "plan.txt").read_text() == "second, longer"
    page.goto("/account/devices/")
    page.get_by_role("button", name="Sign out desk").click()
    expect(page.get_by_text("“desk” is signed out.")).to_be_visible()
    assert does(desk, "sync") == Ending.SIGNED_OUT
    assert does(laptop, "sync") == Ending.FINE
    assert (there / "plan.txt").read_text() == "second, longer"
