"""Single steps on a disk on which somebody writes at the worst moment."""

import hashlib
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from sync.client.apply import Applier, NotDone
from sync.client.ports import Revision
from sync.client.root import INCOMING, mark
from sync.client.scan import scan
from sync.client.state import State
from sync.client.trash import Trash
from sync.planner.plan import Side, Step
from sync.planner.tree import ROOT, Content, Entry, Kind, Place
from tests.simulation.disk import SimulatedDisk

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BYTES = f"{INCOMING}/bytes"


class Here:
    """A disk with one file, `notes`, that was seen, and edits that happen before operations."""

    def __init__(self, *, exchanges=True):
        self.time = NOW
        self.edits = {}
        self.disk = SimulatedDisk(
            self.tick, lambda: int(self.time.timestamp() * 10**9), exchanges=exchanges
        )
        mark(self.disk, "f")
        self.disk.save("notes", b"old", in_place=True)
        self.time += timedelta(minutes=1)
        self.state = State(sqlite3.connect(":memory:", isolation_level=None))
        found = scan(self.disk, self.state, now=self.time, new_identity=lambda: "n")
        self.state.note_seen(found.noted)
        self.state.hear([Revision(1, "n", found.noted[0].entry)])
        self.applier = Applier(self.disk, self.state, Trash(self.disk, NOW), self)

    def now(self):
        return self.time

    def tick(self, operation):
        self.time += timedelta(seconds=1)
        for begin, content in list(self.edits.items()):
            if operation.startswith(begin):
                del self.edits[begin]
                self.disk.save("notes", content, in_place=False)
                return

    def do(self, after, name="notes"):
        self.disk.pour(BYTES, after or b"")
        entry = Entry(Kind.FILE, Place(ROOT, name), content(after)) if after else None
        before = Entry(Kind.FILE, Place(ROOT, "notes"), content(b"old"))
        self.applier.do(Step(Side.HERE, "n", before, entry, ""), None, BYTES)
        self.applier.note()

    def shown(self):
        return {path: node.data for path, node in self.disk.walk() if node.kind == Kind.FILE}


def content(data):
    return Content(digest(data), len(data))


def digest(data):
    return hashlib.sha256(data).hexdigest()


def in_trash(here):
    return sorted(data for path, data in here.shown().items() if "trash" in path)


@pytest.mark.parametrize("exchanges", [True, False])
def test_new_bytes_come_in_and_the_old_go_to_the_trash(exchanges):
    here = Here(exchanges=exchanges)

    here.do(b"new")

    assert here.shown()["notes"] == b"new"
    assert in_trash(here) == [b"old"]
    assert [each.sha256 for each in here.state.seen_of(["n"]).values()] == [digest(b"new")]


def test_what_was_edited_before_stays():
    here = Here()
    here.disk.save("notes", b"mine", in_place=True)

    with pytest.raises(NotDone):
        here.do(b"new")

    assert here.shown()["notes"] == b"mine"


@pytest.mark.parametrize("operation", ["exchange", "rename .mediashare/incoming"])
def test_what_is_edited_at_the_moment_of_replacing_is_given_back(operation):
    here = Here()
    here.edits = {operation: b"mine"}

    with pytest.raises(NotDone):
        here.do(b"new")

    assert here.shown()["notes"] == b"mine"


def test_what_is_edited_again_while_it_is_given_back_is_not_thrown_away():
    here = Here()
    here.edits = {"exchange": b"mine"}

    def edit_twice(operation):
        here.time += timedelta(seconds=1)
        if operation.startswith("exchange") and "exchange" in here.edits:
            here.disk.save("notes", here.edits.pop("exchange"), in_place=False)
            here.edits["next"] = b"mine again"
        elif operation.startswith("exchange") and "next" in here.edits:
            here.disk.save("notes", here.edits.pop("next"), in_place=False)

    here.disk._tick = edit_twice

    with pytest.raises(NotDone):
        here.do(b"new")

    assert here.shown()["notes"] == b"mine again"


def test_what_is_edited_comes_back_though_what_replaced_it_was_removed():
    here = Here()
    here.edits = {"exchange": b"mine"}
    edit = here.tick

    def edit_and_remove(operation):
        if operation.startswith("exchange") and not here.edits:
            here.disk.drop("notes")
        edit(operation)

    here.disk._tick = edit_and_remove

    with pytest.raises(NotDone):
        here.do(b"new")

    assert here.shown()["notes"] == b"mine"


def test_where_names_cannot_be_exchanged_an_edit_is_given_back_too():
    here = Here(exchanges=False)
    here.edits = {"rename notes": b"mine"}

    with pytest.raises(NotDone):
        here.do(b"new")

    assert here.shown()["notes"] == b"mine"


def test_what_is_edited_at_the_moment_of_removing_is_given_back():
    here = Here()
    here.edits = {"rename notes": b"mine"}

    with pytest.raises(NotDone):
        here.do(None)

    assert here.shown()["notes"] == b"mine"


def test_whoever_writes_may_go_on_while_the_file_is_moved():
    here = Here()
    here.disk.save("notes", b"mine", in_place=True)

    here.do(b"old", name="letter")

    assert here.shown()["letter"] == b"mine"


def test_nothing_that_is_not_known_to_be_stored_is_removed():
    here = Here()
    here.state.hear([Revision(2, "n", None)])

    with pytest.raises(NotDone):
        here.do(None)

    assert here.shown()["notes"] == b"old"


def test_bytes_that_did_not_all_arrive_are_not_put_anywhere():
    here = Here()
    before = Entry(Kind.FILE, Place(ROOT, "notes"), content(b"old"))
    after = Entry(Kind.FILE, Place(ROOT, "notes"), content(b"new and long"))
    here.disk.pour(BYTES, b"new")

    with pytest.raises(NotDone):
        here.applier.do(Step(Side.HERE, "n", before, after, ""), None, BYTES)

    assert here.shown()["notes"] == b"old"


def test_a_place_that_was_taken_meanwhile_is_left_to_who_has_it():
    here = Here()
    here.disk.save("letter", b"mine", in_place=True)

    with pytest.raises(NotDone):
        here.do(b"old", name="letter")

    assert here.shown()["letter"] == b"mine"
    assert here.shown()["notes"] == b"old"


def test_what_was_seen_at_a_place_keeps_it_in_the_records_until_it_is_seen_elsewhere():
    here = Here()
    here.disk.make_folder("papers")
    here.disk.save("papers/letter", b"mine", in_place=True)
    identities = iter("pq")
    here.state.note_seen(
        scan(here.disk, here.state, now=here.time, new_identity=lambda: next(identities)).noted
    )
    here.disk.rename("papers", "archive")

    with pytest.raises(NotDone):
        here.do(b"old", name="papers")

    assert here.state.path("q") == "papers/letter"
    assert here.shown()["notes"] == b"old"


def test_a_step_knows_what_those_before_it_in_its_batch_did():
    here = Here()
    first = Entry(Kind.FILE, Place(ROOT, "letter"), content(b"new"))
    moved = Entry(Kind.FILE, Place(ROOT, "post"), content(b"new"))
    steps = [
        Step(Side.HERE, "l", None, first, ""),
        Step(Side.HERE, "l", first, moved, ""),
        Step(Side.HERE, "m", None, first, ""),
    ]
    here.disk.pour(BYTES, b"new")

    here.applier.begin(steps)
    here.applier.do(steps[0], None, BYTES)
    here.applier.do(steps[1], None)
    here.disk.pour(BYTES, b"new")
    here.applier.do(steps[2], None, BYTES)
    here.applier.note()

    assert {here.state.path(each) for each in ("l", "m")} == {"post", "letter"}


@pytest.mark.parametrize("name", ["letter", "post"])
def test_a_place_that_an_earlier_step_of_the_batch_filled_is_taken(name):
    here = Here()
    first = Entry(Kind.FILE, Place(ROOT, "letter"), content(b"new"))
    last = Entry(Kind.FILE, Place(ROOT, name), content(b"new"))
    steps = [Step(Side.HERE, "l", None, first, ""), Step(Side.HERE, "m", None, last, "")]
    if first != last:
        steps.insert(1, Step(Side.HERE, "l", first, last, ""))
    here.disk.pour(BYTES, b"new")
    here.applier.begin(steps)
    for step in steps[:-1]:
        here.applier.do(step, None, BYTES)
    here.disk.drop(name)
    here.disk.pour(BYTES, b"new")

    with pytest.raises(NotDone):
        here.applier.do(steps[-1], None, BYTES)

    here.applier.note()
    assert here.state.path("l") == name
    assert here.state.seen("m") is None
