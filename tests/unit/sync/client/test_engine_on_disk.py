"""The client's loop on real folders of this computer."""

import inspect
import os
import shutil
import sys

import pytest
from msgspec.structs import replace

from sync.client import disk
from sync.client.cli.looking import COPY
from sync.client.cli.telling import path_of
from sync.client.errors import (
    DiskFull,
    NotAllowed,
    Offline,
    RecordsBroken,
    RootIsAnother,
    RootMissing,
)
from sync.client.ports import Revision
from sync.client.root import mark
from sync.client.state import Seen
from sync.planner.plan import Deed
from sync.planner.tree import ROOT, Entry, Kind, Place
from tests.unit.sync.client.here import FOLDER, Client, Shared


@pytest.fixture
def shared():
    return Shared()


@pytest.fixture
def alice(tmp_path, shared):
    return Client(tmp_path / "alice", shared)


@pytest.fixture
def bob(tmp_path, shared):
    return Client(tmp_path / "bob", shared)


def settled(*clients):
    for client in clients:
        assert client.engine.sync().is_settled
    return [client.shown() for client in clients]


def test_files_folders_links_and_flags_come_to_the_other(alice, bob):
    alice.write("docs/notes.txt", "hello")
    alice.write("docs/empty", "")
    alice.write("run", "#!/bin/sh")
    (alice.root / "run").chmod(0o755)
    (alice.root / "latest").symlink_to("docs/notes.txt")
    (alice.root / "none").mkdir()

    here, there = settled(alice, bob)

    assert there == here
    assert there["docs/notes.txt"] == "hello"
    assert there["latest"] == "-> docs/notes.txt"
    assert os.access(bob.root / "run", os.X_OK)
    assert not os.access(bob.root / "docs/notes.txt", os.X_OK)


def test_a_time_of_modification_travels_along(alice, bob):
    alice.write("notes", "hello")

    settled(alice, bob)

    assert (bob.root / "notes").stat().st_mtime == (alice.root / "notes").stat().st_mtime


DAYS = {
    "before 1970": -(10**9),
    "in a year to come": 13_569_465_600,
    "no calendar has": -(2**62) // 10**9,
}


@pytest.mark.parametrize("at", DAYS.values(), ids=DAYS)
def test_a_file_of_any_day_is_synced_and_its_edits_are_noticed(alice, bob, at):
    at_ns = at * 10**9 + 250_000_000
    alice.write("notes", "first")
    os.utime(alice.root / "notes", ns=(at_ns, at_ns))
    there = (alice.root / "notes").stat().st_mtime_ns
    settled(alice, bob)

    arrived = (bob.root / "notes").stat().st_mtime_ns
    (bob.root / "notes").write_text("edited")
    os.utime(bob.root / "notes", ns=(at_ns, at_ns))

    if there < bob.now().timestamp() * 10**9:
        assert arrived // 10**6 == there // 10**6
    assert settled(bob, alice) == [{"notes": "edited"}] * 2
    assert bob.engine.plan()[0].is_empty


def test_a_time_that_the_protocol_cannot_say_is_told_as_the_nearest(alice, monkeypatch):
    """As of a disk with 64 bits of seconds; this one may hold fewer."""
    digest = alice.disk.digest

    def long_ago(path):
        sha256, stat = digest(path)
        return sha256, stat._replace(mtime_ns=-(10**27))

    monkeypatch.setattr(alice.disk, "digest", long_ago)
    alice.write("notes", "hello")

    settled(alice)

    seen = alice.state.seen_at(ROOT, "notes")
    assert (seen.mtime_ns, seen.modified_ms) == (None, 1 - 2**53)


def test_disks_that_number_files_with_64_bits_are_noted(alice, monkeypatch):
    """As pooled and remote ones do; those of this computer have smaller numbers."""

    def numbered(found):
        return os.stat_result([*found[:1], found.st_ino + 2**63, *found[2:10]], _times(found))

    monkeypatch.setattr(disk, "_stat", lambda found, of=disk._stat: of(numbered(found)))
    alice.write("docs/notes", "hello")
    settled(alice)
    (alice.root / "docs").rename(alice.root / "papers")

    assert [each.deed for each in alice.engine.plan()[0].steps] == [Deed.MOVE]
    assert settled(alice) == [{"papers": None, "papers/notes": "hello"}]


def _times(found):
    names = ("st_atime", "st_mtime", "st_ctime", "st_atime_ns", "st_mtime_ns", "st_ctime_ns")
    return {name: getattr(found, name) for name in names}


def test_what_was_seen_is_flushed_before_it_is_noted(alice, monkeypatch):
    """By hand: few worlds lose just what somebody renamed in the moment before."""
    noted: list[set[str]] = []
    monkeypatch.setattr(
        alice.disk, "flush_all", lambda: noted.append(set(alice.state.seen_in(ROOT)))
    )
    alice.write("notes", "hello")

    settled(alice)

    assert noted[0] == set()
    assert "notes" in alice.state.seen_in(ROOT)


def test_names_are_flushed_before_they_are_noted(alice, bob, monkeypatch):
    """By hand, as above: whoever is killed while names are flushed has noted none of them."""
    alice.write("notes", "hello")
    settled(alice)

    def killed_at_names(*, files=(), folders=()):
        if folders:
            raise KeyboardInterrupt

    monkeypatch.setattr(bob.disk, "flush", killed_at_names)
    with pytest.raises(KeyboardInterrupt):
        bob.engine.sync()

    assert bob.shown() == {"notes": "hello"}
    assert bob.state.seen_in(ROOT) == {}


@pytest.mark.parametrize("fraction_ns", [0, 4 * 10**6], ids=["whole seconds", "ticks"])
def test_an_edit_that_leaves_size_and_time_as_they_were_is_noticed(alice, bob, fraction_ns):
    """As on a disk whose times are so coarse that both edits were in the same moment."""
    notes = alice.root / "notes"
    notes.write_text("first")
    at = (notes.stat().st_mtime_ns // 10**9 + 3) * 10**9 + fraction_ns
    os.utime(notes, ns=(at, at))
    settled(alice, bob)
    notes.write_text("other")
    os.utime(notes, ns=(at, at))

    assert settled(alice, bob) == [{"notes": "other"}] * 2


def test_what_was_moved_and_written_anew_never_has_its_old_content_at_the_new_place(alice, shared):
    alice.write("notes", "first")
    settled(alice)
    (alice.root / "notes").rename(alice.root / "letter")
    alice.write("letter", "another")

    settled(alice)

    states = [line.after for line in shared.journal.since(FOLDER, 0, limit=9)]
    assert [each.size_bytes for each in states if each and each.name == "letter"] == [7]


def ring(named):
    """Folders that are in one another, which is so on no disk and by no rule."""
    a, b = (identity * 32 for identity in "ab")
    return [named(a, b, "a"), named(b, a, "b")]


def test_a_service_that_has_folders_in_one_another_is_put_right_or_left(alice):
    alice.write("notes", "hello")
    settled(alice)
    with alice.state.transaction():
        alice.state.hear(
            ring(lambda each, at, name: Revision(1, each, Entry(Kind.FOLDER, Place(at, name))))
        )
        alice.state.set_fact("settled", "")

    report = alice.engine.sync()

    assert report.left
    assert [path_of(alice.state, each.step.identity) for each in report.left]
    assert alice.shown()["notes"] == "hello"


def test_records_that_have_folders_in_one_another_are_said_to_be_broken(alice):
    settled(alice)
    with alice.state.transaction():
        alice.state.note_seen(
            ring(lambda each, at, name: Seen(each, at, name, Kind.FOLDER, inode=1))
        )
        alice.state.set_fact("settled", "")

    with pytest.raises(RecordsBroken):
        alice.engine.sync()


@pytest.mark.parametrize("gone", ["trash", "incoming"])
def test_what_somebody_cleared_away_of_the_clients_own_folder_is_made_anew(alice, bob, gone):
    alice.write("notes", "hello")
    settled(alice, bob)
    shutil.rmtree(bob.root / ".mediashare" / gone)
    alice.write("notes", "edited")
    alice.write("more", "more")

    assert settled(alice, bob)[1] == {"more": "more", "notes": "edited"}
    assert bob.trashed() == ["hello"]


def test_what_could_not_be_noted_is_heard_again(alice, bob, monkeypatch):
    alice.write("notes", "hello")
    settled(bob, alice)

    def fail(revisions):
        raise DiskFull("The disk is full.")

    with monkeypatch.context() as full:
        full.setattr(bob.state, "hear", fail)
        with pytest.raises(DiskFull):
            bob.engine.sync()

    assert settled(bob) == [{"notes": "hello"}]


def test_a_folder_that_cannot_be_looked_at_is_not_empty(alice, bob, monkeypatch):
    """By hand, since these tests may run as somebody who can look everywhere."""
    for path in ("docs/a.txt", "docs/deep/b.txt", "here.txt"):
        alice.write(path, path)
    before = settled(alice, bob)
    look = alice.disk.list

    def refuse(folder):
        if folder == "docs":
            raise PermissionError(13, "Permission denied", folder)
        return look(folder)

    monkeypatch.setattr(alice.disk, "list", refuse)
    alice.write("here.txt", "changed")
    report = alice.engine.sync()
    bob.engine.sync()

    assert report.problems == {"docs": "cannot be read: Permission denied"}
    assert bob.shown() == {**before[1], "here.txt": "changed"}
    monkeypatch.undo()
    here, there = settled(alice, bob)
    assert here == there == {**before[0], "here.txt": "changed"}


def test_a_second_sync_does_nothing(alice, bob):
    alice.write("docs/notes", "hello")
    settled(alice, bob)

    assert not alice.engine.sync().done
    assert not bob.engine.sync().done


def test_a_renamed_folder_sends_nothing_and_is_renamed_there(alice, bob, shared):
    for number in range(20):
        alice.write(f"docs/{number}", f"text {number}")
    settled(alice, bob)
    shared.sent.clear()
    inode = (bob.root / "docs" / "3").stat().st_ino

    (alice.root / "docs").rename(alice.root / "papers")
    report = alice.engine.sync()
    settled(bob)

    assert report.done.total() == 1
    assert shared.sent == []
    assert (bob.root / "papers" / "3").stat().st_ino == inode


def test_a_file_that_an_editor_replaced_is_still_the_same_entry(alice, bob):
    alice.write("notes", "old")
    settled(alice, bob)
    [before] = alice.state.trees()[0]

    alice.write("notes~", "new text")
    (alice.root / "notes~").rename(alice.root / "notes")
    settled(alice, bob)

    assert list(alice.state.trees()[0]) == [before]
    assert bob.shown() == {"notes": "new text"}


def test_what_sync_removes_and_writes_over_is_in_the_trash(alice, bob):
    alice.write("edited", "old")
    alice.write("removed", "gone")
    settled(alice, bob)

    alice.write("edited", "newer")
    (alice.root / "removed").unlink()
    settled(alice, bob)

    assert bob.shown() == {"edited": "newer"}
    assert bob.trashed() == ["gone", "old"]
    assert alice.trashed() == []


def test_what_is_edited_at_the_moment_of_being_killed_comes_back(alice, bob, monkeypatch):
    alice.write("deep/notes.txt", "old")
    settled(alice, bob)
    alice.write("deep/notes.txt", "alice's")
    alice.engine.sync()
    exchange = bob.disk.exchange

    def killed(slot, path):
        bob.write(path, "bob's own")
        exchange(slot, path)
        raise KeyboardInterrupt

    monkeypatch.setattr(bob.disk, "exchange", killed)
    with pytest.raises(KeyboardInterrupt):
        bob.engine.sync()
    assert bob.trashed() == ["bob's own"]
    monkeypatch.undo()

    here, there = settled(bob.started_again(), alice)

    assert here == there
    assert sorted(filter(None, here.values())) == ["alice's", "bob's own"]


def test_of_two_edits_both_are_there(alice, bob):
    alice.write("notes.txt", "common")
    settled(alice, bob)
    alice.write("notes.txt", "alice's own")
    bob.write("notes.txt", "what bob wrote")

    settled(alice, bob, alice)

    assert sorted(alice.shown().values()) == ["alice's own", "what bob wrote"]
    assert any(" (bob, " in name for name in bob.shown())
    assert alice.shown() == bob.shown()


@pytest.mark.parametrize(
    "device", ["home/desk", "a: b?", "Bu\u0308ro", "x" * 100, "\U0001f5a5" * 100, "/", "desk (old)"]
)
def test_a_device_may_be_called_as_people_like(tmp_path, shared, device):
    alice, bob = Client(tmp_path / "alice", shared), Client(tmp_path / "bob", shared, device)
    for client in (alice, bob):
        client.write("notes.txt", f"by {client.name}")

    settled(alice, bob)

    assert settled(alice)[0] == bob.shown()
    assert set(bob.shown().values()) == {"by alice", "by bob"}
    assert len(bob.shown()) == 2
    (beside,) = bob.shown().keys() - {"notes.txt"}
    assert COPY.search(beside)


def test_folders_may_be_in_one_another_more_often_than_calls_may(alice, bob):
    depth, known = 200, sys.getrecursionlimit()
    inside = "/d" * depth
    (alice.root / inside[1:]).mkdir(parents=True)

    def sync_all():
        sys.setrecursionlimit(len(inspect.stack(0)) + 150)
        try:
            for client in (alice, bob):
                assert client.engine.sync().is_settled
        finally:
            sys.setrecursionlimit(known)

    sync_all()
    assert (bob.root / inside[1:]).is_dir()
    shutil.rmtree(alice.root / "d")
    sync_all()
    assert bob.shown() == {}


def test_permissions_of_a_file_outlast_an_edit_elsewhere(alice, bob):
    alice.write("secret", "old")
    settled(alice, bob)
    (bob.root / "secret").chmod(0o600)

    alice.write("secret", "newer")
    settled(alice, bob)

    assert (bob.root / "secret").stat().st_mode & 0o777 == 0o600
    assert bob.shown() == {"secret": "newer"}


def test_ignored_files_stay_here_and_what_is_in_the_folder_already_stays_in_it(alice, bob):
    alice.write("kept.log", "was there before the rule")
    settled(alice, bob)

    alice.write(".mediashareignore", "*.log\nbuild/\n")
    alice.write("new.log", "x")
    alice.write("build/out", "x")
    settled(alice, bob)

    assert set(bob.shown()) == {".mediashareignore", "kept.log"}
    assert "new.log" in alice.shown()


def test_a_folder_that_is_called_like_the_rules_has_none(alice, bob):
    alice.write("notes", "hello")
    (alice.root / ".mediashareignore").mkdir()
    (alice.root / "in").mkdir()
    (alice.root / "in" / ".mediashareignore").symlink_to("nowhere")
    alice.write("in/notes", "hello")

    here, there = settled(alice, bob)

    assert not alice.engine.sync().problems
    assert there == here
    assert there["in/notes"] == "hello"


def test_a_root_without_its_marker_is_left_alone(alice, bob):
    alice.write("notes", "hello")
    settled(alice, bob)
    shutil.rmtree(alice.root)
    alice.root.mkdir()

    with pytest.raises(RootMissing):
        alice.engine.sync()

    assert settled(bob) == [{"notes": "hello"}]


def test_a_root_of_another_folder_is_not_marked_anew(alice):
    with pytest.raises(RootIsAnother):
        mark(alice.disk, "another")


def test_when_most_vanishes_it_asks_first(alice, bob):
    for number in range(20):
        alice.write(f"{number}", f"text {number}")
    settled(alice, bob)
    for path in alice.root.glob("[0-9]*"):
        path.unlink()

    asked = alice.engine.sync()
    settled(bob)

    assert "20 of 20" in asked.asks
    assert not asked.done
    assert len(bob.shown()) == 20
    assert alice.engine.sync(answer=True).is_settled
    assert bob.engine.sync(answer=True).is_settled
    assert bob.shown() == {}


def test_what_was_replaced_or_removed_stays_in_the_trash_whoever_syncs_next(alice, bob):
    bob.write("notes", "hello")
    bob.write("old", "to go")
    settled(bob, alice)
    bob.write("notes", "hello, hello")
    (bob.root / "old").unlink()
    settled(bob, alice)

    # Another program, as if it came before the second is over.
    assert alice.state.fact("putting away") == ""
    assert alice.engine.sync().is_settled
    assert alice.shown() == {"notes": "hello, hello"}


def test_who_answers_no_has_back_what_vanished(alice, bob):
    for number in range(20):
        alice.write(f"in/{number}", f"text {number}")
    alice.write("kept", "as it was")
    settled(alice, bob)
    shutil.rmtree(alice.root / "in")
    alice.write("kept", "as it is")
    alice.write("new", "hello")

    assert alice.engine.sync().asks
    assert alice.engine.sync(answer=False).is_settled

    (shown,) = settled(bob)
    assert alice.shown() == shown == bob.shown()
    assert shown == {f"in/{number}": f"text {number}" for number in range(20)} | {
        "in": None,
        "kept": "as it is",
        "new": "hello",
    }


def test_who_answers_no_gives_back_what_somebody_else_removed(alice, bob):
    for number in range(20):
        alice.write(f"in/{number}", f"text {number}")
    settled(alice, bob)
    shutil.rmtree(bob.root / "in")
    assert bob.engine.sync(answer=True).is_settled

    assert "by somebody else" in alice.engine.sync().asks
    assert alice.engine.sync(answer=False).is_settled

    (shown,) = settled(bob)
    assert shown == alice.shown()
    assert shown["in/7"] == "text 7"


def test_what_is_known_wrongly_is_made_good_by_comparing(alice, bob):
    alice.write("notes", "hello")
    settled(alice, bob)
    (identity,) = bob.state.trees()[2]
    right = bob.state.heard(identity)

    with bob.state.transaction():
        bob.state.hear([replace(right, number=77)])
        bob.state.set_fact("cursor", "")
    settled(bob)

    assert bob.state.heard(identity) == right


def test_lost_records_are_made_anew_and_nothing_travels(alice, bob, shared, tmp_path):
    alice.write("docs/notes", "hello")
    settled(alice, bob)
    shared.sent.clear()

    with bob.state.transaction():
        bob.state.hear_parts([0], 0)
        bob.state.set_fact("cursor", "")
        bob.state.forget_seen(list(bob.state.trees()[1]))
        for identity in bob.state.trees()[0]:
            bob.state.agree(identity, None)
    report = bob.engine.sync()

    assert report.is_settled
    assert not report.done
    assert shared.sent == []


@pytest.mark.parametrize("anew", [0, 1, 2, 3])
def test_what_a_restored_backup_lacks_is_sent_again_and_not_deleted(
    alice, bob, shared, tmp_path, anew
):
    for name in ("kept", "lost 1", "lost 2"):
        alice.write(name, name)
        settled(alice)
    settled(bob)
    carol = Client(tmp_path / "carol", shared)

    shared.journal.go_back(FOLDER, 1)
    for number in range(anew):
        carol.write(f"new {number}", "anew")
        settled(carol)
    settled(alice, bob, carol, alice, bob, carol)

    everything = {"kept", "lost 1", "lost 2", *(f"new {number}" for number in range(anew))}
    assert alice.shown().keys() == bob.shown().keys() == carol.shown().keys() == everything


@pytest.mark.parametrize("anew", [0, 1, 2])
def test_what_was_accepted_just_before_a_backup_was_restored_is_sent_again(
    alice, bob, shared, monkeypatch, anew
):
    alice.write("kept", "kept")
    settled(alice, bob)
    alice.write("lost", "lost")
    changes = shared.changes

    def lose_the_connection(since):
        if shared.journal.head(FOLDER) > 1:
            raise Offline("No answer came.")
        return changes(since)

    monkeypatch.setattr(shared, "changes", lose_the_connection)
    with pytest.raises(Offline):
        alice.engine.sync()
    monkeypatch.undo()

    shared.journal.go_back(FOLDER, 1)
    for number in range(anew):
        bob.write(f"new {number}", "anew")
        settled(bob)
    here, there = settled(alice, bob, alice)[:2]

    assert here == there
    assert here.keys() == {"kept", "lost", *(f"new {number}" for number in range(anew))}


def test_a_name_that_is_no_text_is_named_and_left(alice, bob):
    alice.write("notes", "hello")
    alice.write("b\u00fccher", "books")
    with open(os.fsencode(alice.root) + b"/bad\xff", "wb"):
        pass

    report = alice.engine.sync()
    settled(bob)

    assert report.problems == {"bad?": "its name is not text"}
    assert bob.shown() == {"notes": "hello", "b\u00fccher": "books"}


def test_a_folder_that_may_not_be_read_is_not_taken_for_empty(alice, bob, monkeypatch):
    alice.write("docs/notes", "hello")
    settled(alice, bob)
    listing = alice.disk.list

    def refuse(folder):
        if folder == "docs":
            raise PermissionError(13, "Permission denied")
        return listing(folder)

    monkeypatch.setattr(alice.disk, "list", refuse)
    report = alice.engine.sync()
    settled(bob)

    assert report.problems == {"docs": "cannot be read: Permission denied"}
    assert bob.shown()["docs/notes"] == "hello"


def test_a_file_that_may_not_be_read_is_left_out_for_a_reason_without_its_path(alice, monkeypatch):
    alice.write("docs/notes", "hello")
    path = str(alice.root / "docs/notes")

    def refuse(_):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(alice.disk, "digest", refuse)

    assert alice.engine.sync().problems == {"docs/notes": "cannot be read: Permission denied"}


def test_a_folder_that_became_a_link_is_not_written_through(alice, bob, tmp_path):
    alice.write("docs/notes", "hello")
    settled(alice, bob)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(bob.root / "docs", tmp_path / "docs")
    (bob.root / "docs").symlink_to(elsewhere)
    alice.write("docs/more", "text")

    alice.engine.sync()
    bob.engine.sync()

    assert list(elsewhere.iterdir()) == []


def test_a_folder_that_is_not_wanted_here_stays_at_the_others(alice, bob):
    alice.write("films/a", "large")
    alice.write("notes", "small")
    settled(alice, bob)
    [films] = [key for key, entry in bob.state.trees()[0].items() if entry.place.name == "films"]

    with bob.state.transaction():
        bob.state.want_all_but([films])
    settled(bob, alice)
    without = bob.shown()
    with bob.state.transaction():
        bob.state.want_all_but([])
    settled(bob, alice)

    assert without == {"notes": "small"}
    assert alice.shown() == bob.shown() == {"films": None, "films/a": "large", "notes": "small"}


def test_what_was_overtaken_between_two_changes_of_one_file_is_not_written_over(
    alice, bob, shared, monkeypatch
):
    alice.write("notes", "common")
    settled(alice, bob)
    (alice.root / "notes").rename(alice.root / "letter")
    alice.engine.plan()
    alice.write("letter", "alice's own")
    bob.write("notes", "what bob wrote")
    commit = shared.commit

    def overtaken(changes):
        monkeypatch.setattr(shared, "commit", commit)
        bob.engine.sync()
        return commit(changes)

    monkeypatch.setattr(shared, "commit", overtaken)
    alice.engine.sync()
    settled(bob, alice, bob)

    assert alice.shown() == bob.shown()
    assert sorted(alice.shown().values()) == ["alice's own", "what bob wrote"]


def test_a_link_that_is_moved_and_leads_elsewhere_is_both(alice, bob):
    (alice.root / "latest").symlink_to("one")
    settled(alice, bob)

    (alice.root / "latest").rename(alice.root / "last")
    alice.engine.plan()
    (alice.root / "last").unlink()
    (alice.root / "last").symlink_to("other")
    settled(alice, bob)

    assert bob.shown() == alice.shown() == {"last": "-> other"}


def test_of_two_names_that_look_the_same_one_is_named_and_left(alice, bob):
    alice.write("\N{LATIN SMALL LETTER E WITH ACUTE}", "first")
    settled(alice, bob)
    alice.write("e\N{COMBINING ACUTE ACCENT}", "second")

    report = alice.engine.sync()
    settled(bob)

    assert report.problems == {
        "e\N{COMBINING ACUTE ACCENT}": "another one has this name, in other code points"
    }
    assert list(bob.shown().values()) == ["first"]


class Closed(Shared):
    """The same service for somebody who may only read."""

    def __init__(self, others: Shared) -> None:
        super().__init__()
        self.journal, self.blobs = others.journal, others.blobs

    def commit(self, changes):
        raise NotAllowed("You may read this folder.")

    def send(self, uploads):
        raise NotAllowed("You may read this folder.")


def test_where_one_may_only_read_edits_stay_here_and_are_named(alice, shared, tmp_path):
    for name in ("sea", "storm", "rain"):
        alice.write(name, f"alice's {name}")
    settled(alice)
    carol = Client(tmp_path / "carol", Closed(shared))
    settled(carol)
    carol.write("sea", "carol's own sea")
    carol.write("new", "carol's new")
    (carol.root / "rain").unlink()
    alice.write("storm", "alice's other storm")
    settled(alice)

    report = carol.engine.sync()

    assert {each.reason for each in report.left} == {"You may read this folder"}
    assert not report.is_settled
    mine = {"sea": "carol's own sea", "new": "carol's new"}
    hers = {"storm": "alice's other storm", "rain": "alice's rain"}
    assert carol.shown() == mine | hers
    assert len(alice.shown()) == 3


def test_where_one_may_only_read_what_was_deleted_comes_back(alice, shared, tmp_path):
    alice.write("Weather/rain", "alice's rain")
    settled(alice)
    carol = Client(tmp_path / "carol", Closed(shared))
    settled(carol)
    shutil.rmtree(carol.root / "Weather")

    carol.engine.sync()
    settled(carol, alice)

    assert carol.shown() == alice.shown() == {"Weather": None, "Weather/rain": "alice's rain"}


def test_what_is_edited_there_too_is_both(alice, shared, tmp_path):
    alice.write("sea", "alice's sea")
    settled(alice)
    carol = Client(tmp_path / "carol", Closed(shared))
    settled(carol)
    carol.write("sea", "carol's own sea")
    alice.write("sea", "alice's other sea")
    settled(alice)

    report = carol.engine.sync()

    assert len(report.left) == 1
    assert set(carol.shown().values()) == {"alice's other sea", "carol's own sea"}
    assert settled(alice) == [{"sea": "alice's other sea"}]
