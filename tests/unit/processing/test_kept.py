"""A child that is kept: for one owner, while all goes well, and more confined than any other."""

import os
import signal
import socket
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from celery.signals import worker_process_shutdown

from processing import kept, landlock, run, tasks
from processing.reasons import DAMAGED, TOOK_TOO_LONG, Refused
from tests.unit.processing.test_run import Enough, go_on, is_gone, wait_for

LIMITS = run.Limits(wall_seconds=20, cpu_seconds=20, file_bytes=2**20)
ALICE, BOB = uuid.uuid4(), uuid.uuid4()

seen: list[str] = []


@pytest.fixture(autouse=True)
def scratch(settings, tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    settings.SCRATCH_DIR = str(folder)
    yield folder
    kept.let_go()
    assert list(folder.iterdir()) == []


@pytest.fixture
def ask(tmp_path):
    """One file; the child does with it what it is told. What it left is read."""
    file = tmp_path / "original"
    file.write_bytes(b"of alice")

    def ask_(order, argument=0, *, owner=ALICE, limits=LIMITS, check=go_on, on_told=None):
        told = {} if on_told is None else {"on_told": on_told}
        wish = kept.Wish(obey, (order, argument), owner, limits, check, **told)
        with kept.answered(file, wish) as (answer, folder):
            left = {each.name: each.read_bytes() for each in folder.iterdir()}
            return (answer, left) if order == "leave" else answer

    return ask_


def obey(source, target, order, argument, *, tell):
    """What the children here do. A child that is kept does one thing, so this is many."""
    seen.append(order)
    return ORDERS[order](argument, Path(source), Path(target), tell)


def refuse(*_: object) -> None:
    raise Refused(DAMAGED, "of this")


def refuse_if_used(*_: object) -> int:
    if len(seen) > 1:
        raise Refused(DAMAGED, "used")
    return os.getpid()


def spin(*_: object) -> None:
    while True:
        pass


def leave(argument, source, target, tell):
    (target / "made").write_bytes(source.read_bytes().upper())
    tell({"made": argument})
    return "done"


ORDERS: dict[str, Any] = {
    "who": lambda *_: os.getpid(),
    "refuse": refuse,
    "refuse if used": refuse_if_used,
    "die": lambda number, *_: os.kill(os.getpid(), number),
    "sleep": lambda seconds, *_: time.sleep(seconds),
    "spin": spin,
    "leave": leave,
    "babble": lambda *_: os.write(run.ASKING, b"hello\n"),
    "dial": lambda *_: socket.socket(),
    "read file": lambda number, *_: os.read(number, 1).decode(),
    "read": lambda path, *_: Path(path).read_text(),
    "write": lambda path, *_: Path(path).write_text("mine"),
    "list": lambda path, *_: os.listdir(path),
    "link": lambda path, _, target, tell: os.link(path, target / "made"),
    "point": lambda path, _, target, tell: os.symlink(path, target / "made"),
    "signal": lambda number, *_: os.kill(number, signal.SIGUSR1),
}


def test_one_child_serves_an_owners_files_one_after_the_other(ask):
    assert len({ask("who") for _ in range(5)}) == 1


def test_what_it_makes_is_there_until_it_was_taken_and_told_of_meanwhile(ask, scratch):
    told = []

    answer, left = ask("leave", 7, on_told=lambda words, folder: told.append((words, folder)))

    assert (answer, left["made"]) == ("done", b"OF ALICE")
    assert [words for words, _ in told] == [{"made": 7}]
    assert list(told[0][1].iterdir()) == []


def test_two_owners_never_share_a_child(ask):
    alices, bobs = ask("who"), ask("who", owner=BOB)

    assert alices != bobs
    assert is_gone(alices)
    assert ask("who") not in {alices, bobs}


def test_a_child_is_gone_when_the_next_work_is_another_owners(ask):
    child = ask("who")

    kept.let_go(unless=ALICE)
    assert ask("who") == child
    kept.let_go(unless=BOB)
    assert is_gone(child)


def test_a_process_that_stops_in_order_leaves_neither_child_nor_folder(ask, scratch):
    child = ask("who")

    worker_process_shutdown.send(sender=tasks)

    assert is_gone(child)
    assert list(scratch.iterdir()) == []


def test_a_child_is_ended_after_so_many_files(ask, monkeypatch):
    monkeypatch.setattr(kept, "MOST_FILES", 3)

    assert len({ask("who") for _ in range(7)}) == 3


def test_a_child_is_ended_after_so_much_work(ask, monkeypatch):
    monkeypatch.setattr(kept, "MOST_SECONDS", 0)

    assert len({ask("who") for _ in range(3)}) == 3


def test_a_child_that_has_grown_is_ended(ask, monkeypatch):
    monkeypatch.setattr(kept, "MOST_GROWTH_BYTES", -1)

    assert ask("who") != ask("who")


def test_a_child_that_nobody_asks_is_ended_and_its_folder_with_it(ask, monkeypatch, scratch):
    monkeypatch.setattr(kept, "IDLE_SECONDS", 0.05)
    child = ask("who")

    assert is_gone(child)
    assert wait_for(lambda: not list(scratch.iterdir()))
    assert ask("who") != child


def test_where_the_kernel_cannot_confine_it_nobody_gets_a_second_file(ask, monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: 0)

    assert ask("who") != ask("who")


def test_a_refusal_is_believed_of_a_new_child_only(ask):
    child = ask("who")

    # The one that had a file before refuses, the new one does not.
    assert ask("refuse if used") != child
    assert is_gone(child)


def test_a_file_that_is_refused_ends_the_child(ask):
    child = ask("who")

    with pytest.raises(Refused) as caught:
        ask("refuse")

    assert (caught.value.reason, caught.value.detail) == (DAMAGED, "of this")
    assert is_gone(child)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_is_the_files_fault_and_takes_nothing_with_it(ask, number):
    with pytest.raises(Refused):
        ask("die", int(number))

    assert ask("who") > 0


def test_a_child_that_is_killed_between_two_files_is_not_missed(ask):
    child = ask("who")
    os.kill(child, signal.SIGKILL)

    assert ask("who") != child


def test_a_child_that_is_killed_from_outside_is_not_the_files_fault(ask):
    with pytest.raises(run.ChildDied, match="-9"):
        ask("die", int(signal.SIGKILL))


def test_a_child_that_babbles_is_not_believed(ask):
    with pytest.raises(run.ChildDied):
        ask("babble")


def test_each_file_has_its_own_time(ask):
    limits = run.Limits(wall_seconds=0.7, cpu_seconds=20, file_bytes=0)
    for _ in range(3):
        ask("sleep", 0, limits=limits)

    with pytest.raises(Refused) as caught:
        ask("sleep", 30, limits=limits)
    assert caught.value.reason == TOOK_TOO_LONG


def test_a_file_gets_no_more_of_the_processor_because_its_child_was_kept(ask):
    limits = run.Limits(wall_seconds=20, cpu_seconds=1, file_bytes=0)
    ask("who", limits=limits)

    with pytest.raises(Refused) as caught:
        ask("spin", limits=limits)
    assert caught.value.reason == TOOK_TOO_LONG


def test_the_watcher_can_stop_it(ask):
    child = ask("who")

    def enough():
        raise Enough

    with pytest.raises(Enough):
        ask("sleep", 30, check=enough)
    assert is_gone(child)


def test_it_gets_no_network_and_no_open_file_of_the_workers_however_often_it_is_asked(ask):
    ask("who")
    with open(__file__, "rb") as ours:
        with pytest.raises(run.ChildDied, match="Bad file descriptor"):
            ask("read file", ours.fileno())
        with pytest.raises(run.ChildDied, match="Permission denied"):
            ask("dial")


confined = pytest.mark.skipif(landlock.version() == 0, reason="This kernel has no Landlock.")


@confined
@pytest.mark.parametrize("order", ["read", "write", "link", "point"])
def test_no_other_owners_file_can_be_reached(ask, tmp_path, order):
    bobs = tmp_path / "scratch" / "of-bob"
    bobs.write_text("bob's")

    with pytest.raises(run.ChildDied, match=r"Permission denied|cross-device"):
        ask(order, str(bobs))

    assert bobs.read_text() == "bob's"
    bobs.unlink()


@confined
def test_no_other_process_can_be_looked_into(ask):
    for path in (f"/proc/{os.getpid()}/environ", f"/proc/{os.getpid()}/mem"):
        with pytest.raises(run.ChildDied, match="Permission denied"):
            ask("read", path)


@confined
def test_nobody_elses_folder_can_be_seen(ask, tmp_path):
    with pytest.raises(run.ChildDied, match="Permission denied"):
        ask("list", str(tmp_path / "scratch"))


@pytest.mark.skipif(landlock.version() < landlock.SCOPES_SINCE, reason="An older Landlock.")
def test_the_worker_cannot_be_signalled(ask):
    with pytest.raises(run.ChildDied, match="Operation not permitted"):
        ask("signal", os.getpid())


def test_nothing_is_left_open_in_the_worker(ask):
    before = os.listdir("/proc/self/fd")
    for owner in (ALICE, BOB, ALICE):
        ask("who", owner=owner)
    kept.let_go()

    assert os.listdir("/proc/self/fd") == before
