"""Computers are let in by a browser, keep folders and albums equal, and are signed out afar."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from mediashare.embedded.home import PROJECT
from mediashare.embedded.stack import Stack
from sync.client.cli.endings import Ending
from sync.client.cli.main import run
from tests.people import PASSWORD

PATIENCE = 60
LONG_AGO = 1_700_000_000
MEDIA = PROJECT / "tests" / "media"
PICTURES = [MEDIA / "orientation-1.jpg", MEDIA / "gps.jpg"]


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


def put(source: Path, path: Path) -> None:
    """The same for a picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, path)
    os.utime(path, (LONG_AGO, LONG_AGO))


def does(home: Path, *words: object) -> int:
    return run(["--home", str(home), *map(str, words)])


def see_it_as_an_album(page: Page, home: Path, root: Path) -> None:
    """What is done with a picture on a computer shows in the album, whose page stands open."""
    picture = root / "Lisbon" / "tram.jpg"
    page.goto("/folders/")
    page.get_by_role("link", name="Notes").click()
    page.get_by_role("link", name="Show as album").click()
    page.get_by_role("button", name="Make the album").click()
    expect(page.get_by_role("heading", name="Nothing in this album yet")).to_be_visible()
    shown = page.get_by_role("checkbox")

    put(PICTURES[0], picture)
    assert does(home, "sync") == Ending.FINE
    expect(page.get_by_label("Select tram.jpg")).to_have_count(1)
    expect(page.locator("photo-tile img")).to_have_count(1)

    picture.rename(root / "Alfama.jpg")
    assert does(home, "sync") == Ending.FINE
    expect(page.get_by_label("Select Alfama.jpg")).to_have_count(1)

    (root / "Alfama.jpg").unlink()
    assert does(home, "sync") == Ending.FINE
    expect(shown).to_have_count(0)

    put(PICTURES[0], root / "Alfama.jpg")
    put(PICTURES[1], root / "sea.jpg")
    assert does(home, "sync") == Ending.FINE
    expect(shown).to_have_count(2)


def keep_the_album(page: Page, home: Path, place: Path, root: Path) -> None:
    """The album is a folder too, for computers to read."""
    assert does(home, "clone", page.url.rstrip("/").rpartition("/")[2], place) == Ending.FINE
    for name in ("Alfama.jpg", "sea.jpg"):
        assert (place / name).read_bytes() == (root / name).read_bytes()

    write(place / "sea.jpg", "painted over")
    assert does(home, "sync", place) == Ending.IN_PART

    assert (place / "sea.jpg").read_text() == "painted over"
    assert does(home, "leave", place) == Ending.FINE


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
    see_it_as_an_album(page, laptop, here)
    keep_the_album(page, desk, tmp_path / "album", here)

    page.goto("/account/devices/")
    page.get_by_role("button", name="Sign out desk").click()
    expect(page.get_by_text("“desk” is signed out.")).to_be_visible()
    assert does(desk, "sync") == Ending.SIGNED_OUT
    assert does(laptop, "sync") == Ending.FINE
    assert (there / "plan.txt").read_text() == "second, longer"
