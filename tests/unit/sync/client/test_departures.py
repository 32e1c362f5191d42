"""Files are on their way as soon as they were read, and nobody is misled by that."""

from collections.abc import Iterator, Sequence

import pytest

from sync.client import departures
from sync.client.errors import NotAllowed, Offline
from sync.client.ports import Outbox, Sent, Upload
from tests.unit.sync.client.here import Client, Shared

LARGE = "long " * 2_000_000


class Eager(Shared):
    """Sends whatever is added at once. `heard` is what was asked of it, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.fails: Exception | None = None
        # So many files are not found at first.
        self.misses = 0

    def changes(self, since, *, wait_seconds=0.0):
        self.heard.append("changes")
        return super().changes(since, wait_seconds=wait_seconds)

    def commit(self, changes):
        self.heard.append("commit")
        return super().commit(changes)

    def outbox(self) -> Outbox:
        return EagerOutbox(self)

    def send(self, uploads: Sequence[Upload]) -> Iterator[Sent]:
        if self.fails:
            raise self.fails
        if self.misses:
            self.misses -= 1
            raise FileNotFoundError(uploads[0].path)
        for sent in super().send(uploads):
            self.heard.append(f"sent {sent.upload.path.rpartition('/')[2]}")
            yield sent


class EagerOutbox:
    def __init__(self, shared: Eager) -> None:
        self._shared = shared
        self._ended: list[Sent | Exception] = []

    def add(self, uploads: Sequence[Upload]) -> None:
        for each in uploads:
            try:
                self._ended += self._shared.send([each])
            except OSError:
                self._ended.append(Sent(each, "it cannot be read"))
            except (NotAllowed, Offline) as error:
                self._ended.append(error)

    def results(self) -> Iterator[Sent]:
        while self._ended:
            ended = self._ended.pop(0)
            if isinstance(ended, Exception):
                raise ended
            yield ended

    def close(self) -> None:
        self._ended.clear()


@pytest.fixture
def shared():
    return Eager()


@pytest.fixture
def alice(tmp_path, shared):
    return Client(tmp_path / "alice", shared)


def synced(client, shared):
    """What the service heard of a sync."""
    shared.heard.clear()
    assert client.engine.sync().is_settled
    return shared.heard


def test_what_is_new_is_sent_before_anybody_asks_what_others_have_done(alice, shared):
    alice.write("notes", "hello")

    assert synced(alice, shared)[:3] == ["sent notes", "changes", "commit"]


def test_the_same_bytes_are_sent_once_for_all_files_that_have_them(alice, shared):
    for name in ("one", "two", "three"):
        alice.write(name, "the same")

    heard = synced(alice, shared)

    assert len([each for each in heard if each.startswith("sent")]) == 1
    assert heard.count("commit") == 1


def test_an_edit_is_sent_at_once_and_a_large_one_when_the_plan_knows_what_is_there(alice, shared):
    alice.write("notes", "hello")
    alice.write("film", LARGE)
    synced(alice, shared)
    alice.write("notes", "hello again")
    alice.write("film", LARGE + "longer")

    heard = synced(alice, shared)

    assert heard.index("sent notes") < heard.index("changes") < heard.index("sent film")


def test_what_was_touched_or_moved_is_not_sent(alice, shared):
    alice.write("notes", "hello")
    synced(alice, shared)
    (alice.root / "notes").touch()
    (alice.root / "notes").rename(alice.root / "moved")

    assert not [each for each in synced(alice, shared) if each.startswith("sent")]


def test_of_more_than_that_nothing_is_remembered_and_all_of_it_arrives(alice, shared, monkeypatch):
    monkeypatch.setattr(departures, "MOST_AHEAD", 2)
    for number in range(5):
        alice.write(f"{number}", f"text {number}")

    heard = synced(alice, shared)

    assert [each[:4] for each in heard[:3]] == ["sent", "sent", "chan"]
    assert len(shared.blobs) == 5


def test_what_could_not_be_sent_at_once_is_sent_when_its_step_comes(alice, shared):
    """It may have been given another name meanwhile, by the plan itself."""
    alice.write("notes", "hello")
    shared.misses = 1

    assert synced(alice, shared) == ["changes", "sent notes", "commit", "changes"]


def test_who_may_only_read_hears_of_it_where_it_matters(alice, shared):
    alice.write("notes", "hello")
    shared.fails = NotAllowed("You may read this folder.")

    report = alice.engine.sync()

    assert [each.reason for each in report.left] == ["You may read this folder"]


def test_a_store_that_cannot_be_reached_stops_the_round_and_nothing_is_lost(alice, shared):
    alice.write("notes", "hello")
    shared.fails = Offline("gone")
    with pytest.raises(Offline):
        alice.engine.sync()
    shared.fails = None

    assert "commit" in synced(alice, shared)


def test_a_plan_sends_nothing(alice, shared):
    alice.write("notes", "hello")

    alice.engine.plan()

    assert not shared.blobs
