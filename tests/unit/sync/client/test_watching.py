"""When a folder is looked at: bells that are rung from here and there, and what systemd is told."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
import watchfiles

from sync.client import watch
from sync.client.cli import systemd
from sync.client.cli.progress import Bar
from sync.client.cli.screen import size_text
from sync.client.errors import CursorUnknown, Offline, SignedOut
from sync.client.ports import Page, Revision
from sync.client.watch import Bell, ring_for_changes_here, ring_for_changes_there

PATIENCE = 60


@contextmanager
def in_a_thread(work, *arguments) -> Iterator[threading.Thread]:
    """Let it run beside the test; `stop` is its last argument."""
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    yield thread
    arguments[-1].set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


class Rung(Bell):
    """A bell that says whether it was rung in time, and once more, and so on."""

    def __init__(self) -> None:
        super().__init__()
        self._rings = threading.Semaphore(0)

    def ring(self, named: Collection[str] | None) -> None:
        super().ring(named)
        self._rings.release()

    def is_rung(self) -> bool:
        return self._rings.acquire(timeout=PATIENCE)


def keep_writing(path: Path, stop: threading.Event) -> None:
    """Until it is noticed: watching begins a moment after it was asked for."""
    number = 0
    while not stop.wait(0.3):
        path.write_text(str(number))
        number += 1


@contextmanager
def keeping_written(path: Path) -> Iterator[None]:
    stop = threading.Event()
    with in_a_thread(keep_writing, path, stop):
        yield


@pytest.mark.parametrize(
    ("name", "named"),
    [("notes.txt", {"notes.txt"}), (".mediashare/wake", None), (".mediashareignore", None)],
    ids=["a file", "a command", "rules"],
)
def test_what_happens_to_a_folder_rings_and_is_named(tmp_path, name, named):
    (tmp_path / ".mediashare").mkdir()
    bell, stop = Rung(), threading.Event()

    with (
        in_a_thread(ring_for_changes_here, str(tmp_path), bell, stop),
        in_a_thread(keep_writing, tmp_path / name, stop),
    ):
        assert bell.is_rung()
        assert bell.wait(0) == named


@pytest.fixture
def refusing(monkeypatch):
    """A system that refuses to tell of all that is in a folder, as of one that may not be read."""
    asked = watchfiles.watch

    def watch_some(*paths, recursive, **options):
        if recursive:
            raise PermissionError(13, "Permission denied")
        return asked(*paths, recursive=recursive, **options)

    monkeypatch.setattr(watchfiles, "watch", watch_some)


def test_where_not_all_may_be_read_the_rest_is_watched_and_no_link_is_followed(tmp_path, refusing):
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    (root / "sub").mkdir(parents=True)
    (root / ".mediashare").mkdir()
    elsewhere.mkdir()
    (root / "link").symlink_to(elsewhere)
    bell, stop = Rung(), threading.Event()
    with (
        in_a_thread(ring_for_changes_here, str(root), bell, stop),
        keeping_written(elsewhere / "other"),
        keeping_written(root / "sub/notes.txt"),
    ):
        assert bell.is_rung()
        assert bell.wait(0) == {"sub/notes.txt"}


def test_where_not_all_may_be_read_a_new_folder_is_watched_from_then_on(tmp_path, refusing):
    (tmp_path / ".mediashare").mkdir()
    bell, stop = Rung(), threading.Event()
    with in_a_thread(ring_for_changes_here, str(tmp_path), bell, stop):
        with keeping_written(tmp_path / "first"):
            assert bell.is_rung()
        (tmp_path / "new").mkdir()
        while bell.wait(0) is not None:
            assert bell.is_rung()
        with keeping_written(tmp_path / "new/notes.txt"):
            assert bell.is_rung()
            assert bell.wait(0) == {"new/notes.txt"}


def test_rings_are_gathered_until_somebody_hears_them():
    bell = Bell()
    bell.ring(["a"])
    bell.ring(["b"])
    assert bell.wait(0) == {"a", "b"}

    bell.ring(["a"])
    bell.ring(None)
    bell.ring(["b"])
    assert bell.wait(0) is None
    assert bell.wait(0) is None


def test_a_folder_that_cannot_be_watched_is_said_to_be_so(tmp_path):
    assert ring_for_changes_here(str(tmp_path / "gone"), Bell(), threading.Event())


class Service:
    """Answers one after another what it is given, and then no more; raises what can be raised."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.stop = threading.Event()

    def changes(self, since: int, *, wait_seconds: float = 0.0) -> Page:
        if not self.answers:
            self.stop.wait(PATIENCE)
        answer = self.answers.pop(0) if self.answers else ()
        if isinstance(answer, Exception):
            raise answer
        return Page(answer, since, is_last=True)  # type: ignore[arg-type]


def test_a_change_elsewhere_rings():
    bell, service = Rung(), Service((), (Revision(1, "e", None),))

    with in_a_thread(ring_for_changes_there, service, count().__next__, bell, service.stop):
        assert bell.is_rung()


@pytest.mark.parametrize("trouble", [SignedOut("who?"), CursorUnknown("fewer")], ids=type)
def test_what_the_next_sync_meets_too_rings_and_is_listened_on_after(monkeypatch, trouble):
    """A service that was put back to an earlier day is no reason never to listen again."""
    monkeypatch.setattr(watch, "FIRST_PAUSE_SECONDS", 0.01)
    bell, service = Rung(), Service(trouble, (Revision(1, "e", None),))

    with in_a_thread(ring_for_changes_there, service, count().__next__, bell, service.stop):
        assert bell.is_rung()
        assert bell.is_rung()


def test_a_broken_line_is_waited_out(monkeypatch):
    monkeypatch.setattr(watch, "FIRST_PAUSE_SECONDS", 0.01)
    bell, service = Rung(), Service(Offline("gone"), Offline("gone"), (Revision(1, "e", None),))

    with in_a_thread(ring_for_changes_there, service, count().__next__, bell, service.stop):
        assert bell.is_rung()


def test_the_bar_counts_what_had_not_to_travel_and_never_goes_back():
    seen: list[tuple[int, int]] = []
    bar = Bar(lambda *, total, completed: seen.append((completed, total)))

    bar.expect(100)
    bar.moved(30)
    bar.finished(50)
    bar.moved(30)
    bar.moved(80)

    assert seen == [(0, 100), (30, 100), (50, 100), (60, 100), (100, 100)]


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 bytes"), (999, "999 bytes"), (1200, "1.2 KB"), (5e15, "5000.0 TB")]
)
def test_sizes_are_for_people(size, text):
    assert size_text(size) == text


def test_systemd_is_told_every_word_as_it_is():
    unit = systemd.unit(Path('/tmp/a "b" 50% $HOME'))

    assert r'"--home" "/tmp/a \"b\" 50%% $$HOME" "--verbose" "watch"' in unit
    assert "RestartPreventExitStatus=2 3 5" in unit
