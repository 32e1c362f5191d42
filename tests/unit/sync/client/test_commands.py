"""What is typed, what is said, and how it ends: two devices of Alice's and a site in memory."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sync.client import account, roots
from sync.client.cli.desk import Desk
from sync.client.cli.endings import Ending
from sync.client.cli.main import run
from sync.client.cli.screen import Screen
from sync.client.cli.watching import Watcher
from sync.client.engine import Engine
from sync.client.home import Home
from sync.client.ports import Revision
from sync.client.state import State
from sync.protocol.folders import FolderSummary
from sync.protocol.people import ReceivedInvitation
from tests.site_in_memory import Site

LONG_AGO = 1_700_000_000


@dataclass
class Device:
    """A computer with a home of its own; `said` and `warned` are what the last command said."""

    site: Site
    home: Path
    capture: pytest.CaptureFixture[str]
    said: str = ""
    warned: str = ""

    def does(self, *words: object) -> int:
        ended = run(["--home", str(self.home), *map(str, words)], connect=self.site.connect)
        self.said, self.warned = self.capture.readouterr()
        return ended

    def tells(self, *words: object) -> list[dict[str, Any]]:
        """What a command answers to a script."""
        self.does("--json", *words)
        return [json.loads(line) for line in self.said.splitlines()]


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def device(site, tmp_path, capsys) -> Callable[[str], Device]:
    def signed_in(name: str) -> Device:
        home = tmp_path / f"{name}-home"
        kept = account.Account("https://example.org", "alice@example.org", name, f"{name}'s")
        account.save(Home(home), kept, site.tokens[name], in_keyring=False)
        return Device(site, home, capsys)

    return signed_in


def write(path: Path, text: str) -> None:
    """As if it had been written some time ago; what is being written is left for later."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (LONG_AGO, LONG_AGO + len(text)))


def files(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): path.read_text()
        for path in root.rglob("*")
        if path.is_file() and ".mediashare" not in path.parts
    }


@pytest.fixture
def pair(device, tmp_path) -> tuple[Device, Path, Device, Path]:
    """Notes on the laptop, cloned to the desk."""
    laptop, desk = device("laptop"), device("desk")
    here, there = tmp_path / "laptop" / "Notes", tmp_path / "desk" / "Notes"
    write(here / "plan.txt", "first")
    write(here / "old" / "a.txt", "a")
    assert laptop.does("add", here) == Ending.FINE
    assert desk.does("clone", "Notes", there) == Ending.FINE
    return laptop, here, desk, there


def test_what_is_added_here_is_cloned_there(pair):
    _, here, _, there = pair

    assert files(there) == files(here) == {"plan.txt": "first", "old/a.txt": "a"}


@pytest.mark.parametrize(
    ("name", "place"),
    [("../up/Notes", "up-Notes"), ("/etc/cron.d", "etc-cron.d"), (".ssh", "ssh"), ("..", None)],
)
def test_what_others_call_a_folder_does_not_say_where_it_goes(
    pair, tmp_path, monkeypatch, name, place
):
    laptop, _, desk, _ = pair
    other = tmp_path / "laptop" / "Other"
    write(other / "authorized_keys", "mine")
    laptop.does("add", other, "--name", name)
    found = next(each["id"] for each in laptop.tells("folders") if each["name"] == name)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    assert desk.does("clone", found) == Ending.FINE

    assert [each.name for each in here.iterdir()] == [place or found]
    assert files(here / (place or found)) == {"authorized_keys": "mine"}


def test_in_cron_nothing_is_said_while_all_is_well(pair):
    laptop, here, desk, there = pair
    write(here / "new.txt", "new")

    assert laptop.does("sync") == desk.does("sync") == Ending.FINE

    assert laptop.said + laptop.warned + desk.said + desk.warned == ""
    assert (there / "new.txt").read_text() == "new"


def test_a_plan_names_steps_with_reasons_and_does_nothing(pair):
    laptop, here, _, _ = pair
    write(here / "new.txt", "new")
    (here / "old").rename(here / "older")

    (told,) = laptop.tells("plan")
    laptop.does("plan")

    steps = {(step["do"], step["path"], step.get("to", "")) for step in told["steps"]}
    assert steps == {("send", "new.txt", ""), ("move there", "old", "older")}
    assert all(step["reason"] for step in told["steps"])
    assert "new.txt" in laptop.said
    assert len(laptop.site.blobs) == 2


def test_status_says_whether_folders_are_equal(pair):
    laptop, here, _, _ = pair
    (equal,) = laptop.tells("status")
    (here / "plan.txt").unlink()

    (unequal,) = laptop.tells("status")

    assert (equal["to_do"], unequal["to_do"]) == ({}, {"delete there": 1})


def test_edits_on_both_devices_are_both_kept_and_listed(pair):
    laptop, here, desk, there = pair
    write(here / "plan.txt", "of the laptop")
    write(there / "plan.txt", "of the desk, longer")
    laptop.does("sync")

    desk.does("sync")
    laptop.does("sync")

    assert files(here) == files(there)
    assert sorted(files(here).values()) == ["a", "of the desk, longer", "of the laptop"]
    (found,) = laptop.tells("conflicts")
    assert found["device"] == "desk's"
    assert found["of"] == str(here / "plan.txt")


def test_most_of_a_folder_goes_only_when_somebody_says_yes(device, tmp_path):
    laptop, here = device("laptop"), tmp_path / "Notes"
    for number in range(30):
        write(here / f"{number}.txt", str(number))
    laptop.does("add", here)
    for number in range(30):
        (here / f"{number}.txt").unlink()

    assert laptop.does("sync") == Ending.ASKS
    assert "30 of 30 files were removed" in laptop.warned
    assert laptop.does("sync", "--yes") == Ending.FINE
    assert laptop.tells("status")[0]["to_do"] == {}


def test_what_most_of_a_folder_was_comes_back_when_somebody_says_no(device, tmp_path):
    laptop, here = device("laptop"), tmp_path / "Notes"
    for number in range(30):
        write(here / f"{number}.txt", str(number))
    laptop.does("add", here)
    for number in range(30):
        (here / f"{number}.txt").unlink()

    assert laptop.does("sync") == Ending.ASKS
    assert laptop.does("sync", "--no") == Ending.FINE
    assert {each.name for each in here.glob("*.txt")} == {f"{number}.txt" for number in range(30)}
    assert (here / "7.txt").read_text() == "7"


@pytest.mark.parametrize(("answer", "left"), [("--yes", 0), ("--no", 30)])
def test_a_watched_folder_hears_the_answer_to_what_it_asks(device, tmp_path, answer, left):
    laptop, here = device("laptop"), tmp_path / "Notes"
    for number in range(30):
        write(here / f"{number}.txt", str(number))
    laptop.does("add", here)
    for number in range(30):
        (here / f"{number}.txt").unlink()
    # Said to another process, at another time.
    (here / ".mediashare/yes").touch()
    with watching(laptop) as watcher:
        wait_until(lambda: watcher.has_synced)
        assert laptop.does("status") == Ending.FINE
        assert "30 of 30 files were removed" in laptop.said

        assert laptop.does("sync", answer) == Ending.FINE
        wait_until(lambda: laptop.tells("status")[0]["to_do"] == {})

    assert laptop.tells("status")[0]["to_do"] == {}
    assert len(list(here.glob("*.txt"))) == left


def test_a_root_that_is_not_there_stops_that_folder_alone(pair, tmp_path):
    laptop, here, _, there = pair
    other = tmp_path / "laptop" / "Other"
    write(other / "b.txt", "b")
    laptop.does("add", other)
    here.rename(tmp_path / "away")
    write(other / "c.txt", "c")

    assert laptop.does("sync") == Ending.ASKS

    assert "Nothing was changed" in laptop.warned
    assert laptop.tells("folders")[1]["paths"] == [str(other)]
    assert files(there) == {"plan.txt": "first", "old/a.txt": "a"}
    assert len(laptop.site.blobs) == 4


def test_a_root_that_may_not_be_written_stops_that_folder_alone(pair, tmp_path):
    laptop, here, _, _ = pair
    other = tmp_path / "laptop" / "Other"
    write(other / "b.txt", "b")
    laptop.does("add", other)
    write(other / "c.txt", "c")
    lock = here / ".mediashare" / "lock"
    lock.unlink()
    # For everybody, and for root too, whom rights do not stop.
    lock.mkdir()

    assert laptop.does("sync") == Ending.ASKS

    assert "cannot be used: Is a directory" in laptop.warned
    assert laptop.tells("status")[1]["to_do"] == {}
    lock.rmdir()
    assert laptop.does("sync") == Ending.FINE


def test_a_path_that_may_not_be_read_is_no_mistake_of_who_typed_it(pair, monkeypatch):
    laptop, here, _, _ = pair
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != here)

    assert laptop.does("sync", here) == Ending.FINE


def test_what_is_known_is_not_thrown_away_because_it_cannot_be_opened(pair):
    """As on a full disk: sqlite makes a file beside its own."""
    laptop, here, *_ = pair
    known, beside = (here / ".mediashare" / f"state.sqlite{end}" for end in ("", "-wal"))
    before = known.read_bytes()
    beside.mkdir()

    assert laptop.does("sync") == Ending.ASKS
    assert "unable to open" in laptop.warned
    assert known.read_bytes() == before

    beside.rmdir()
    assert laptop.does("sync") == Ending.FINE


def test_a_root_that_has_moved_is_known_again(pair, tmp_path):
    laptop, here, _, _ = pair
    moved = tmp_path / "moved"
    here.rename(moved)

    assert laptop.does("add", moved) == Ending.FINE

    paths = {each["paths"] and each["paths"][0] for each in laptop.tells("folders")}
    assert paths == {str(moved)}
    assert len(laptop.site.folders) == 1


@pytest.mark.parametrize(
    ("trouble", "ending", "advice"),
    [("away", Ending.TRY_LATER, "Nothing was lost"), ("revoked", Ending.SIGNED_OUT, "login")],
)
def test_trouble_has_a_number_of_its_own_and_says_what_to_do(pair, trouble, ending, advice):
    laptop, _, _, _ = pair
    laptop.site.is_away = trouble == "away"
    laptop.site.tokens = laptop.site.tokens if trouble == "away" else {}

    assert laptop.does("sync") == ending
    assert advice in laptop.warned


@pytest.fixture
def watched(pair) -> Iterator[Path]:
    """The laptop's notes while another process is syncing them."""
    _, here, _, _ = pair
    holder = subprocess.Popen(
        ["flock", here / ".mediashare" / "lock", "-c", "echo held; sleep 30"],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert holder.stdout
    assert holder.stdout.readline() == b"held\n"
    yield here
    os.killpg(holder.pid, signal.SIGKILL)
    holder.wait()


def test_of_very_many_troubles_some_are_told_and_all_are_named_to_scripts(pair, monkeypatch):
    laptop, here, *_ = pair
    monkeypatch.setattr("sync.client.cli.rounds.MOST_TOLD", 2)
    for number in range(5):
        os.mkfifo(here / f"{number}")

    assert laptop.does("sync") == Ending.IN_PART

    assert len(laptop.warned.splitlines()) == 3
    assert "3 more; with --json all are named." in laptop.warned
    assert len(laptop.tells("sync")[0]["problems"]) == 5


def test_only_one_process_syncs_a_folder(pair, watched):
    laptop, _, _, _ = pair

    assert laptop.does("sync") == Ending.TRY_LATER
    assert "Another process" in laptop.warned
    assert laptop.tells("status")[0]["running"]


def test_while_one_process_syncs_others_look_and_have_it_go_on(pair, watched):
    laptop, _, desk, there = pair
    write(there / "plan.txt", "of the desk, longer")
    desk.does("sync")
    first = laptop.tells("versions", watched / "plan.txt")[-1]["number"]

    assert laptop.does("restore", watched / "plan.txt", "--version", first) == Ending.FINE

    assert (watched / ".mediashare" / "wake").exists()
    desk.does("sync")
    assert (there / "plan.txt").read_text() == "first"


def test_versions_are_listed_and_one_is_brought_back_on_all_devices(pair):
    laptop, here, desk, there = pair
    write(here / "plan.txt", "second, longer")
    laptop.does("sync")
    found = laptop.tells("versions", here / "plan.txt")
    assert [version["size_bytes"] for version in found] == [14, 5]

    assert laptop.does("restore", here / "plan.txt", "--version", found[1]["number"]) == 0
    desk.does("sync")

    assert (here / "plan.txt").read_text() == (there / "plan.txt").read_text() == "first"


def test_what_was_deleted_is_in_the_log_and_can_be_brought_back(pair):
    laptop, here, desk, there = pair
    (there / "plan.txt").unlink()
    desk.does("sync")
    laptop.does("sync")
    assert not (here / "plan.txt").exists()
    newest = laptop.tells("log", here)[0]
    assert (newest["do"], newest["path"], newest["by"]) == ("deleted", "plan.txt", "Alice")
    assert newest["device"] == "desk's"
    laptop.does("log", here)
    assert "Alice (desk's): deleted plan.txt" in laptop.said

    assert laptop.does("restore", here / "plan.txt") == Ending.FINE

    assert (here / "plan.txt").read_text() == "first"


def test_of_two_that_were_deleted_under_one_name_the_one_at_that_place_comes_back(pair):
    laptop, here, _, _ = pair
    write(here / "new" / "a.txt", "another")
    laptop.does("sync")
    for folder in ("old", "new"):
        (here / folder / "a.txt").unlink()
        laptop.does("sync")

    assert [each["size_bytes"] for each in laptop.tells("versions", here / "old" / "a.txt")] == [
        None,
        1,
    ]
    assert laptop.does("restore", here / "old" / "a.txt") == Ending.FINE

    assert files(here) == {"plan.txt": "first", "old/a.txt": "a"}


def test_a_deleted_folder_comes_back_with_what_was_deleted_with_it(pair):
    laptop, here, desk, there = pair
    write(here / "old" / "older" / "b.txt", "b")
    write(here / "old" / "before.txt", "thrown out earlier, and put back")
    laptop.does("sync")
    (here / "old" / "before.txt").unlink()
    laptop.does("sync")
    laptop.does("restore", here / "old" / "before.txt")
    before = files(here)
    shutil.rmtree(here / "old")
    (here / "plan.txt").unlink()
    laptop.does("sync", "--yes")
    laptop.does("log", here)
    assert "deleted old/older/b.txt" in laptop.said

    assert laptop.does("restore", here / "old") == Ending.FINE
    desk.does("sync")

    assert (
        files(here)
        == files(there)
        == {path: text for path, text in before.items() if path != "plan.txt"}
    )


def test_a_name_that_others_gave_does_not_speak_to_the_terminal(pair):
    laptop, here, desk, _ = pair
    write(here / "a\x1b[2J\nb\u202etxt", "x")
    laptop.does("sync")

    desk.does("plan")

    assert "a\\x1b[2J\\nb\\u202etxt" in desk.said
    (planned,) = desk.tells("plan")
    assert planned["steps"][0]["path"] == "a\x1b[2J\nb\u202etxt"


def test_a_paused_folder_is_left_alone_until_it_goes_on(pair):
    laptop, here, _, _ = pair
    laptop.does("pause")
    write(here / "new.txt", "new")

    laptop.does("sync")
    assert laptop.tells("status")[0]["to_do"] == {"send": 1}
    laptop.does("resume")
    laptop.does("sync")

    assert laptop.tells("status")[0]["to_do"] == {}


def test_what_is_to_be_ignored_is_not_sent(pair):
    laptop, here, _, _ = pair
    laptop.does("ignore", "*.tmp", "--in", here)
    write(here / "x.tmp", "scratch")
    write(here / "y.txt", "kept")

    laptop.does("sync")

    assert b"scratch" not in laptop.site.blobs.values()
    assert b"kept" in laptop.site.blobs.values()


def test_rules_that_are_not_text_are_added_to_and_stay_as_they_are(pair):
    laptop, here, _, _ = pair
    rules = here / ".mediashareignore"
    rules.write_bytes(b"caf\xe9\r\n*.bak")

    assert laptop.does("ignore", "*.tmp", "*.bak", "--in", here) == Ending.FINE

    assert rules.read_bytes() == b"caf\xe9\r\n*.bak\n*.tmp\n"


def test_rules_that_are_a_folder_are_said_to_be_of_no_use(pair):
    laptop, here, _, _ = pair
    (here / ".mediashareignore").mkdir()

    assert laptop.does("ignore", "*.tmp", "--in", here) == Ending.MISUSED
    assert laptop.warned


def test_sub_folders_can_be_left_away_here_and_stay_everywhere_else(pair):
    laptop, here, desk, there = pair

    assert desk.does("selective", there, "--without", "old") == Ending.FINE
    laptop.does("sync")
    assert files(there) == {"plan.txt": "first"}
    assert files(here) == {"plan.txt": "first", "old/a.txt": "a"}
    assert desk.tells("selective", there) == [{"path": "old", "here": False}]

    desk.does("selective", there, "--all")
    assert files(there) == files(here)


@pytest.mark.parametrize(
    "words",
    [
        ("clone", "Nothing"),
        ("clone", "Notes", "{there}"),
        ("clone", "Notes", "{there}/plan.txt/Notes"),
        ("status", "{elsewhere}"),
        ("sync", "--limit", "fast"),
        ("pause", "--hours", "0"),
        ("versions", "{there}"),
        ("restore", "{there}"),
        ("pause", "--hours", "1e9"),
        ("log", "-n", "-5", "{there}"),
        ("versions", "-n", "0", "{there}/plan.txt"),
        ("invite", "Notes", "carol"),
        ("add", "/"),
        ("add", "{elsewhere}", "--name", "tu\N{RIGHT-TO-LEFT OVERRIDE}rned"),
        ("fly",),
    ],
)
def test_what_cannot_be_meant_is_said_to_be_so(pair, tmp_path, words: Sequence[str]):
    _, _, desk, there = pair
    meant = [word.format(there=there, elsewhere=tmp_path) for word in words]

    assert desk.does(*meant) == Ending.MISUSED
    assert desk.warned


def test_a_path_may_lead_up_out_of_one_folder_into_another(pair, tmp_path, monkeypatch):
    laptop, here, _, _ = pair
    other = tmp_path / "laptop" / "Other"
    write(other / "b.txt", "b")
    monkeypatch.chdir(here)

    assert laptop.does("add", "../Other") == Ending.FINE

    assert [each["path"] for each in laptop.tells("status", "../Other")] == [str(other)]
    assert [each["path"] for each in laptop.tells("status", "old/..")] == [str(here)]
    assert [each["path"] for each in laptop.tells("log", "../Other/b.txt")] == ["b.txt"]


def test_a_folder_is_known_by_links_that_lead_to_it(device, tmp_path, monkeypatch):
    laptop, real, link = device("laptop"), tmp_path / "disk" / "Notes", tmp_path / "Notes"
    write(real / "old" / "a.txt", "a")
    (real / "latest").symlink_to("old/a.txt")
    link.symlink_to(real)

    assert laptop.does("add", link) == Ending.FINE

    for path in (link, real, link / "old"):
        assert [each["path"] for each in laptop.tells("status", path)] == [str(real.resolve())]
    assert len(laptop.tells("versions", link / "latest")) == 1
    monkeypatch.chdir(link)
    assert laptop.does("sync", ".") == Ending.FINE


def test_one_folder_cannot_be_in_another(pair):
    laptop, here, _, _ = pair

    before = laptop.tells("folders")

    for overlapping in (here / "old", here.parent):
        assert laptop.does("add", overlapping) == Ending.MISUSED
    assert laptop.tells("folders") == before


def test_what_cannot_be_used_here_is_not_made_there(device, tmp_path):
    laptop, place = device("laptop"), tmp_path / "Notes"
    place.mkdir()
    (place / ".mediashare").write_text("in the way")

    assert laptop.does("add", place) == Ending.MISUSED
    assert "cannot be used" in laptop.warned
    assert laptop.tells("folders") == []


def test_leaving_a_folder_leaves_its_files(pair):
    laptop, here, _, there = pair
    laptop.does("leave", here)
    (here / "plan.txt").unlink()

    laptop.does("sync")

    assert laptop.tells("status") == []
    assert "plan.txt" in files(there)


@contextmanager
def watching(device: Device) -> Iterator[Watcher]:
    """A process that watches the device's first folder, until the end."""
    stop, home = threading.Event(), Home(device.home)
    desk = Desk(home, Screen(), device.site.connect)
    watcher = Watcher(desk, roots.all_of(home)[0], stop, 0)
    thread = threading.Thread(target=watcher.run)
    thread.start()
    yield watcher
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)


def test_a_watched_folder_follows_what_happens_there_until_it_is_stopped(pair):
    laptop, here, desk, there = pair
    with watching(laptop) as watcher:
        write(there / "new.txt", "new")
        desk.does("sync")

        (here / ".mediashare" / "wake").touch()
        wait_until((here / "new.txt").exists)

    assert (here / "new.txt").read_text() == "new"
    assert watcher.ending == Ending.FINE


def test_a_watch_waits_for_a_disk_that_is_away_and_goes_on_when_it_is_back(pair, monkeypatch):
    laptop, here, desk, there = pair
    monkeypatch.setattr("sync.client.cli.watching.AWAY_SECONDS", 0.05)
    here.rename(here.with_name("away"))
    write(there / "new.txt", "new")
    desk.does("sync")
    with watching(laptop) as watcher:
        wait_until(lambda: bool(watcher.said))
        assert "not there" in watcher.said

        here.with_name("away").rename(here)
        wait_until((here / "new.txt").exists)

    assert files(here) == files(there)
    assert watcher.ending == Ending.FINE


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_watch_that_breaks_does_not_end_as_if_all_were_well(pair, monkeypatch):
    laptop, *_ = pair
    root = roots.all_of(Home(laptop.home))[0]
    watcher = Watcher(
        Desk(Home(laptop.home), Screen(), laptop.site.connect), root, threading.Event(), 0
    )

    def broken(engine, **_):
        raise ZeroDivisionError

    monkeypatch.setattr(Engine, "sync", broken)
    thread = threading.Thread(target=watcher.run)
    thread.start()
    thread.join()

    assert watcher.ending == Ending.BROKEN


def test_a_plan_is_shown_while_another_process_has_the_folder(pair):
    laptop, here, _, _ = pair
    write(here / "new.txt", "new")

    with (here / ".mediashare" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (planned,) = laptop.tells("plan")
        (status,) = laptop.tells("status")
        ended = laptop.does("sync", here)

    assert [step["path"] for step in planned["steps"]] == ["new.txt"]
    assert status["running"]
    assert ended == Ending.TRY_LATER
    assert laptop.tells("plan")[0]["steps"] == planned["steps"]


def test_what_was_deleted_long_ago_is_found_by_its_name(pair):
    laptop, here, _, _ = pair
    (here / "plan.txt").unlink()
    laptop.does("sync")
    for number in range(40):
        write(here / f"{number}.txt", str(number))
    laptop.does("sync")

    assert laptop.does("restore", here / "plan.txt") == Ending.FINE
    assert (here / "plan.txt").read_text() == "first"
    assert laptop.does("restore", here / "never.txt") == Ending.MISUSED


def test_doctor_finds_what_is_known_wrongly_and_the_next_sync_mends_it(pair, monkeypatch):
    laptop, here, _, _ = pair
    monkeypatch.setattr("sync.client.login.who_am_i", lambda *_: None)
    about = f"what is known of {here}"

    def known():
        return {each["about"]: each["trouble"] for each in laptop.tells("doctor")}[about]

    assert known() == ""
    with closing(State.open(str(here / ".mediashare" / "state.sqlite"))) as state:
        identity, entry = state.trees()[2].popitem()
        with state.transaction():
            state.hear([Revision(77, identity, entry)])
    assert "mends" in known()

    laptop.does("sync")
    assert known() == ""


def test_somebody_is_asked_into_a_folder_and_removed_from_it(pair):
    laptop, _, _, _ = pair
    name = laptop.tells("folders")[0]["name"]
    known = ["alice@example.org", "bob@example.org"]

    assert laptop.does("invite", name, "bob@example.org", "--role", "reader") == Ending.FINE
    assert [each["email"] for each in laptop.tells("people", name)] == known
    assert laptop.does("remove", name, "carol@example.org") == Ending.MISUSED
    assert laptop.does("remove", name, "") == Ending.MISUSED
    assert laptop.does("remove", name, "Bob@Example.org") == Ending.FINE
    assert [each["email"] for each in laptop.tells("people", name)] == known[:1]


def test_who_is_no_owner_is_told_who_removes_people(device, site):
    laptop = device("laptop")
    site.folders["1"] = FolderSummary("1", "Trips", "reader", "Carol", 0, datetime.now(UTC))

    assert laptop.does("remove", "Trips", "alice@example.org") == Ending.ASKS

    assert "Only the owner of “Trips”" in laptop.warned
    assert site.members


def test_an_invitation_is_accepted_or_declined(device, site):
    laptop, until = device("laptop"), datetime(2026, 12, 1, tzinfo=UTC)
    for number, name in enumerate(["Trips", "Bills"]):
        site.received[name] = ReceivedInvitation(name, str(number), name, "editor", "Carol", until)
    assert [each["by"] for each in laptop.tells("invitations")] == ["Carol", "Carol"]

    assert laptop.does("accept", "Trips") == laptop.does("decline", "Bills") == Ending.FINE

    assert laptop.tells("invitations") == []
    assert [each["name"] for each in laptop.tells("folders")] == ["Trips"]
    assert laptop.does("accept", "Trips") == Ending.MISUSED
