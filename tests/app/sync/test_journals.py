"""What every store of journals does. The rules themselves are tested in tests/unit/sync."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import chain, pairwise
from time import monotonic

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mediashare.aws.client import client
from sync.protocol.messages import (
    Accepted,
    Author,
    Change,
    Conflict,
    Folder,
    Line,
    Link,
    Problem,
    Refused,
    Revision,
)
from sync.server.journal import Mark
from sync.server.journal.dynamodb import DynamodbJournal
from tests.app.sync.changing import ALICE, NOON, change, file, folder, identity, sha256

pytestmark = pytest.mark.django_db
# Each thread has a connection of its own, which sees what others have committed.
THREADS = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
NOTES, EDITED = file("notes.txt", "dear bob"), file("notes.txt", "dear carol")
HELD = {state.sha256: state.size_bytes for state in (NOTES, EDITED, file("", ""))}


@pytest.fixture
def folder_id():
    return uuid.uuid4()


@pytest.fixture
def commit(journal, folder_id):
    """Commit changes to the folder; the answers. Each call is an hour after the one before."""
    clock = [NOON - HOUR]

    def commit(*changes, author=ALICE, now=None):
        clock[0] = now or clock[0] + HOUR
        return journal.commit(folder_id, changes, author=author, held=HELD, now=clock[0])

    return commit


def tree(journal, folder_id, at=None):
    """What is there: the states by identity."""
    found = list(journal.tree(folder_id, at=at))
    assert [each.entry for each in found] == sorted({each.entry for each in found})
    assert not any(each.is_deleted for each in found)
    return {each.entry: each.state for each in found}


def test_a_folder_that_nothing_was_committed_to_is_empty(journal, folder_id):
    assert journal.head(folder_id) == 0
    assert journal.since(folder_id, 0, limit=10) == []
    assert tree(journal, folder_id) == {}
    assert journal.entry(folder_id, identity("notes")) is None
    assert journal.children(folder_id, "") == []
    assert journal.history(folder_id, identity("notes"), limit=10) == []
    assert journal.number_at(folder_id, NOON) == 0


def test_what_was_committed_is_there(journal, folder_id, commit):
    link = Link(identity("docs"), "latest", "../été/\N{GRINNING FACE}")
    answers = commit(
        change("docs", 0, folder("docs")),
        change("notes", 0, NOTES),
        change("link", 0, link),
    )

    assert answers == [Accepted(1), Accepted(2), Accepted(3)]
    assert journal.head(folder_id) == 3
    assert tree(journal, folder_id) == {
        identity("docs"): folder("docs"),
        identity("notes"): NOTES,
        identity("link"): link,
    }
    assert journal.entry(folder_id, identity("link")) == Revision(identity("link"), 3, link)
    assert journal.children(folder_id, identity("docs")) == [Revision(identity("link"), 3, link)]


@pytest.mark.parametrize(
    "name", ["a\0b", "\N{EURO SIGN}" * 765], ids=["not a character of names", "too long"]
)
def test_a_name_that_nothing_can_have_is_refused_whatever_the_store_can_hold(commit, name):
    refused, made = commit(change("a", 0, folder(name)), change("b", 0, folder("b")))

    assert refused.problem == Problem.BAD_NAME
    assert made == Accepted(1)


def test_a_line_says_what_was_done_by_whom_and_when(journal, folder_id, commit):
    put = change("notes", 0, NOTES)
    removal = change("notes", 1, None)
    bob = Author("bob", "Bob")
    commit(put)
    commit(removal, author=bob)

    at_ms = int(NOON.timestamp() * 1000)
    assert journal.since(folder_id, 0, limit=10) == [
        Line(1, put.entry, 0, NOTES, put.key, ALICE, at_ms),
        Line(2, put.entry, 1, None, removal.key, bob, at_ms + 3_600_000),
    ]


def test_changes_are_read_in_pages(journal, folder_id, commit):
    commit(*[change(str(number), 0, folder(str(number))) for number in range(7)])

    first = journal.since(folder_id, 0, limit=5)
    second = journal.since(folder_id, first[-1].number, limit=5)

    assert [line.number for line in first + second] == [1, 2, 3, 4, 5, 6, 7]
    assert journal.since(folder_id, 7, limit=5) == []


def test_an_edit_a_move_and_a_deletion_show(journal, folder_id, commit):
    commit(change("docs", 0, folder("docs")), change("notes", 0, NOTES))

    commit(change("notes", 2, EDITED))
    assert tree(journal, folder_id)[identity("notes")] == EDITED

    moved = file("letter.txt", "dear carol", "docs")
    commit(change("notes", 3, moved))
    assert tree(journal, folder_id)[identity("notes")] == moved
    assert [each.entry for each in journal.children(folder_id, "")] == [identity("docs")]

    commit(change("notes", 4, None))
    assert identity("notes") not in tree(journal, folder_id)
    assert journal.children(folder_id, identity("docs")) == []
    gone = journal.entry(folder_id, identity("notes"))
    assert gone == Revision(identity("notes"), 5, moved, is_deleted=True)
    assert gone.now is None


def test_a_deleted_entry_comes_back(journal, folder_id, commit):
    commit(change("notes", 0, NOTES))
    commit(change("notes", 1, None))

    assert commit(change("notes", 2, NOTES)) == [Accepted(3)]
    assert tree(journal, folder_id) == {identity("notes"): NOTES}


def test_a_conflict_carries_what_is_there_and_writes_nothing(journal, folder_id, commit):
    commit(change("notes", 0, NOTES))
    commit(change("notes", 1, EDITED))

    late = commit(change("notes", 1, folder("notes.txt")), change("never", 7, NOTES))

    assert late == [Conflict(Revision(identity("notes"), 2, EDITED)), Conflict(None)]
    assert journal.head(folder_id) == 2
    assert tree(journal, folder_id) == {identity("notes"): EDITED}


def test_each_change_stands_or_falls_alone(journal, folder_id, commit):
    answers = commit(
        change("docs", 0, folder("docs")),
        change("notes", 9, NOTES),
        change("lost", 0, file("lost.txt", "nobody sent this")),
        change("new", 0, folder("new", "docs")),
    )

    assert answers[0] == Accepted(1)
    assert answers[1] == Conflict(None)
    assert isinstance(answers[2], Refused)
    assert answers[2].problem == Problem.NO_BYTES
    assert answers[3] == Accepted(2)
    assert journal.head(folder_id) == 2


def test_numbers_have_no_gap_whatever_is_refused(journal, folder_id, commit):
    for round_ in range(3):
        commit(
            change(f"good {round_}", 0, folder(f"good {round_}")),
            change(f"bad {round_}", 0, folder("..")),
            change(f"fine {round_}", 0, folder(f"fine {round_}")),
        )

    numbers = [line.number for line in journal.since(folder_id, 0, limit=100)]
    assert numbers == [1, 2, 3, 4, 5, 6]


def test_what_is_so_already_writes_nothing(journal, folder_id, commit):
    commit(change("notes", 0, NOTES))

    assert commit(change("notes", 0, NOTES), change("notes", 1, NOTES)) == [Accepted(1)] * 2
    assert journal.head(folder_id) == 1


def test_a_repeated_commit_is_answered_the_same_and_done_once(journal, folder_id, commit):
    changes = [change("notes", 0, NOTES), change("docs", 0, folder("docs"))]
    first = commit(*changes)
    commit(change("notes", 1, EDITED))

    assert commit(*changes) == first
    assert journal.head(folder_id) == 3
    assert tree(journal, folder_id)[identity("notes")] == EDITED


def test_a_key_counts_in_its_folder_and_for_its_change(journal, folder_id, commit):
    commit(change("notes", 0, NOTES, key="one"))

    reused = commit(change("docs", 0, folder("docs"), key="one"))
    elsewhere = journal.commit(
        uuid.uuid4(),
        [change("docs", 0, folder("docs"), key="one")],
        author=ALICE,
        held=HELD,
        now=NOON,
    )

    assert reused[0].problem == Problem.KEY_REUSED
    assert elsewhere == [Accepted(1)]


def test_a_name_is_there_once_in_a_folder(journal, folder_id, commit):
    commit(change("docs", 0, folder("docs")))

    answers = commit(
        change("other", 0, folder("docs")),
        change("inside", 0, folder("docs", "docs")),
        change("capitals", 0, folder("Docs")),
    )

    assert answers[0].problem == Problem.NAME_TAKEN
    assert answers[0].occupant == Revision(identity("docs"), 1, folder("docs"))
    assert answers[1:] == [Accepted(2), Accepted(3)]


def test_an_entry_may_change_the_capitals_of_its_own_name(journal, folder_id, commit):
    commit(change("docs", 0, folder("docs")))

    assert commit(change("docs", 1, folder("Docs"))) == [Accepted(2)]


def test_the_name_of_what_was_deleted_or_moved_is_free(journal, folder_id, commit):
    commit(change("notes", 0, NOTES), change("docs", 0, folder("docs")))
    commit(change("notes", 1, None), change("docs", 2, folder("papers")))

    answers = commit(change("new", 0, folder("docs")), change("other", 0, NOTES))

    assert answers == [Accepted(5), Accepted(6)]


def test_two_names_are_exchanged_in_one_commit(journal, folder_id, commit):
    commit(change("a", 0, folder("a")), change("b", 0, folder("b")))

    answers = commit(
        change("a", 1, folder("parked")),
        change("b", 2, folder("a")),
        change("a", 3, folder("b")),
    )

    assert answers == [Accepted(3), Accepted(4), Accepted(5)]
    assert tree(journal, folder_id) == {identity("a"): folder("b"), identity("b"): folder("a")}
    assert commit(change("c", 0, folder("a")))[0].problem == Problem.NAME_TAKEN


def test_a_folder_is_deleted_only_when_nothing_is_in_it(journal, folder_id, commit):
    commit(
        change("docs", 0, folder("docs")),
        change("in", 0, folder("in", "docs")),
        change("also in", 0, folder("also in", "docs")),
    )

    answers = commit(
        change("docs", 1, None),
        change("in", 2, None),
        change("also in", 3, folder("out")),
        change("docs", 1, None),
    )

    assert answers[0].problem == Problem.NOT_EMPTY
    assert answers[1:] == [Accepted(4), Accepted(5), Accepted(6)]
    assert tree(journal, folder_id) == {identity("also in"): folder("out")}


def test_folders_never_get_into_themselves(journal, folder_id, commit):
    names = ["a", "b", "c", "d", "e"]
    commit(
        change("a", 0, folder("a")),
        *[change(name, 0, folder(name, above)) for above, name in pairwise(names)],
    )

    answers = commit(
        change("a", 1, folder("a", "e")),
        change("b", 2, folder("b", "d")),
        change("e", 5, folder("e")),
        change("a", 1, folder("a", "e")),
    )

    assert answers[0].problem == Problem.IN_ITSELF
    assert answers[1].problem == Problem.IN_ITSELF
    assert answers[2:] == [Accepted(6), Accepted(7)]


def test_a_folder_is_moved_into_one_that_the_same_commit_makes(journal, folder_id, commit):
    commit(change("a", 0, folder("a")), change("b", 0, folder("b", "a")))

    answers = commit(
        change("new", 0, folder("new", "b")),
        change("a", 1, folder("a", "new")),
        change("outside", 0, folder("outside")),
        change("b", 2, folder("b", "outside")),
    )

    assert answers[0] == Accepted(3)
    assert answers[1].problem == Problem.IN_ITSELF
    assert answers[2:] == [Accepted(4), Accepted(5)]


def test_nothing_is_put_into_what_is_no_folder_or_gone(journal, folder_id, commit):
    commit(change("notes", 0, NOTES), change("docs", 0, folder("docs")))
    commit(change("docs", 2, None))

    answers = commit(
        change("x", 0, folder("x", "notes")),
        change("y", 0, folder("y", "docs")),
        change("z", 0, folder("z", "never")),
    )

    assert [each.problem for each in answers] == [Problem.NO_PARENT] * 3


def test_the_folder_as_it_was_at_any_number(journal, folder_id, commit):
    commit(change("notes", 0, NOTES), change("docs", 0, folder("docs")))
    commit(change("notes", 1, EDITED))
    commit(change("notes", 3, None), change("docs", 2, folder("papers")))
    commit(change("notes", 4, NOTES))
    docs, notes = identity("docs"), identity("notes")

    assert tree(journal, folder_id, at=0) == {}
    assert tree(journal, folder_id, at=1) == {notes: NOTES}
    assert tree(journal, folder_id, at=3) == {notes: EDITED, docs: folder("docs")}
    assert tree(journal, folder_id, at=4) == {docs: folder("docs")}
    assert tree(journal, folder_id, at=5) == {docs: folder("papers")}
    assert tree(journal, folder_id, at=6) == tree(journal, folder_id)


def test_a_moment_is_a_number(journal, folder_id, commit):
    commit(change("a", 0, folder("a")), change("b", 0, folder("b")))
    commit(change("c", 0, folder("c")))

    moments = [NOON - HOUR, NOON, NOON + HOUR / 2, NOON + HOUR, NOON + 9 * HOUR]

    assert [journal.number_at(folder_id, moment) for moment in moments] == [0, 2, 2, 3, 3]


def test_a_clock_that_was_put_back_does_not_put_times_out_of_order(journal, folder_id, commit):
    commit(change("a", 0, folder("a")), now=NOON)
    commit(change("b", 0, folder("b")), now=NOON - HOUR)

    first, second = journal.since(folder_id, 0, limit=2)

    assert second.at_ms == first.at_ms
    assert journal.number_at(folder_id, NOON) == 2


def test_the_history_of_an_entry_is_read_from_its_end(journal, folder_id, commit):
    commit(change("notes", 0, NOTES))
    commit(change("other", 0, folder("other")), change("notes", 1, EDITED))
    commit(change("notes", 3, None))

    latest = journal.history(folder_id, identity("notes"), limit=2)
    earlier = journal.history(folder_id, identity("notes"), before=3, limit=2)

    assert [(line.number, line.base, line.after) for line in latest] == [
        (4, 3, None),
        (3, 1, EDITED),
    ]
    assert [(line.number, line.base, line.after) for line in earlier] == [(1, 0, NOTES)]


def test_the_last_numbers_of_many_folders_are_asked_at_once(journal, folder_id, commit):
    commit(change("a", 0, folder("a")), change("b", 0, folder("b")))
    other = uuid.uuid4()

    assert journal.heads([folder_id, other]) == {folder_id: 2, other: 0}


def test_folders_know_nothing_of_each_other(journal, folder_id, commit):
    other = uuid.uuid4()
    commit(change("docs", 0, folder("docs")), change("notes", 0, NOTES))
    journal.commit(
        other,
        [change("docs", 0, folder("docs")), change("x", 0, folder("x", "docs"))],
        author=ALICE,
        held={},
        now=NOON,
    )

    assert set(tree(journal, folder_id)) == {identity("docs"), identity("notes")}
    assert set(tree(journal, other)) == {identity("docs"), identity("x")}
    assert commit(change("docs", 1, None)) == [Accepted(3)]


def test_a_commit_of_as_many_as_there_may_be_is_one_like_any_other(
    journal, folder_id, commit, many
):
    names = [f"folder {number}" for number in range(many)]

    answers = commit(*[change(name, 0, folder(name)) for name in names])

    assert answers == [Accepted(number) for number in range(1, many + 1)]
    assert len(tree(journal, folder_id)) == many
    assert len(journal.children(folder_id, "")) == many


def in_threads(work, arguments):
    """Call `work` with each argument at the same time; what it gave, in order."""

    def run(argument):
        try:
            return work(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as threads:
        return list(threads.map(run, arguments))


@THREADS
def test_of_many_who_edit_one_version_at_once_one_is_first(journal, folder_id):
    put = change("notes", 0, NOTES)
    journal.commit(folder_id, [put], author=ALICE, held=HELD, now=NOON)
    rivals = [change("notes", 1, file(f"{name}.txt", "dear bob")) for name in "abcdefgh"]

    answers = in_threads(
        lambda each: journal.commit(folder_id, [each], author=ALICE, held=HELD, now=NOON)[0],
        rivals,
    )

    accepted = [rival for rival, each in zip(rivals, answers, strict=True) if each == Accepted(2)]
    assert len(accepted) == 1
    present = Revision(identity("notes"), 2, accepted[0].after or NOTES)
    assert journal.entry(folder_id, identity("notes")) == present
    assert answers.count(Conflict(present)) == len(rivals) - 1
    assert journal.head(folder_id) == 2


@THREADS
def test_many_writers_at_once_lose_nothing_and_leave_no_gap(journal, folder_id):
    batches = [
        [change(f"{writer} {number}", 0, folder(f"{writer} {number}")) for number in range(20)]
        for writer in range(6)
    ]
    # Two who send the same, and one name that all want.
    batches.append(batches[0])
    for writer, batch in enumerate(batches[:6]):
        batch.append(change(f"same {writer}", 0, folder("same")))

    answers = in_threads(
        lambda batch: journal.commit(folder_id, batch, author=ALICE, held=HELD, now=NOON),
        batches,
    )

    lines = journal.since(folder_id, 0, limit=1000)
    assert [line.number for line in lines] == list(range(1, 122))
    assert journal.head(folder_id) == 121
    assert answers[0] == answers[6]
    for batch, given in zip(batches, answers, strict=True):
        for asked, answer in zip(batch[:20], given[:20], strict=True):
            assert lines[answer.number - 1].key == asked.key
    winners = [line for line in lines if line.after == Folder("", "same")]
    assert len(winners) == 1
    replayed = tree(journal, folder_id, at=121)
    assert tree(journal, folder_id) == replayed
    assert len(replayed) == 121


@THREADS
def test_a_reader_never_finds_a_number_before_those_below_it(journal, folder_id):
    def write(writer):
        for number in range(10):
            name = f"{writer} {number}"
            journal.commit(
                folder_id, [change(name, 0, folder(name))], author=ALICE, held={}, now=NOON
            )
        return []

    def read(_):
        seen: list[Line] = []
        until = monotonic() + 240
        while len(seen) < 30 and monotonic() < until:
            seen += journal.since(folder_id, len(seen), limit=7)
        return [line.number for line in seen]

    found = in_threads(
        lambda role: read(role) if role == "reader" else write(role), ["a", "b", "c", "reader"]
    )

    assert found[3] == list(range(1, 31))


def test_changes_name_contents_by_digest(journal, folder_id):
    content = {sha256("x"): 1}
    asked = Change(uuid.uuid4().hex, identity("x"), 0, file("x", "x"))

    without = journal.commit(folder_id, [asked], author=ALICE, held={}, now=NOON)
    with_them = journal.commit(folder_id, [asked], author=ALICE, held=content, now=NOON)

    assert without[0].problem == Problem.NO_BYTES
    assert with_them == [Accepted(1)]


def test_what_is_deleted_is_found_by_when_it_was(journal, folder_id, commit):
    commit(*[change(name, 0, folder(name)) for name in "abc"])
    commit(change("a", 1, None), change("c", 3, None), change("b", 2, None))
    commit(change("c", 5, folder("c")))

    def deleted(**between):
        found = journal.deleted(folder_id, **{"after": 0, "limit": 9, **between})
        assert all(each.is_deleted for each in found)
        return [(each.state.name, each.number) for each in found]

    assert deleted() == [("b", 6), ("a", 4)]
    assert deleted(limit=1) == [("b", 6)]
    assert deleted(before=6) == [("a", 4)]
    assert deleted(after=4) == [("b", 6)]


def test_what_was_in_a_folder_at_any_number(journal, folder_id, commit):
    commit(change("docs", 0, folder("docs")), change("notes", 0, NOTES))
    commit(change("notes", 2, file("notes.txt", "dear bob", "docs")))
    commit(change("notes", 3, None), change("docs", 1, folder("papers")))

    def names(parent, at):
        found = journal.children(folder_id, identity(parent) if parent else "", at=at)
        return sorted((each.state.name, each.number) for each in found)

    assert names("", 2) == [("docs", 1), ("notes.txt", 2)]
    assert names("", 3) == [("docs", 1)]
    assert names("docs", 2) == []
    assert names("docs", 3) == [("notes.txt", 3)]
    assert names("docs", 4) == []
    assert names("", 5) == [("papers", 5)]


def pages(journal, folder_id, *, limit, parent="", **more):
    """All pages of a folder, by names; each begins after what the one before ended with."""
    shown, after = [], None
    while found := journal.page(folder_id, parent, after=after, limit=limit, **more):
        shown.append([each.state.name for each in found])
        after = Mark(isinstance(found[-1].state, Folder), found[-1].state.name)
    return shown


def test_a_folder_is_read_in_pages_folders_first_then_by_name(journal, folder_id, commit):
    names = ["b.txt", "a.txt", "\N{LATIN SMALL LETTER E WITH ACUTE}2", "A.txt", "a", "a b"]
    upper = "\N{LATIN CAPITAL LETTER E WITH ACUTE}1"
    commit(
        *(change(name, 0, file(name, "dear bob")) for name in [*names, upper]),
        *(change(f"in {name}", 0, folder(name)) for name in ("beta", "Alpha")),
        change("link", 0, Link("", "Aardvark", "elsewhere")),
        change("inside", 0, folder("never shown", "in beta")),
    )

    folders, files = ["Alpha", "beta"], ["a", "a b", "A.txt", "a.txt", "Aardvark", "b.txt"]
    files += [upper, names[2]]
    for limit in (1, 3, 100):
        shown = pages(journal, folder_id, limit=limit)
        assert list(chain(*shown)) == [*folders, *files]
        assert {len(page) for page in shown[:-1]} <= {limit}
    assert pages(journal, folder_id, limit=9, only_folders=True) == [folders]
    assert journal.page(folder_id, "", after=Mark(False, "a"), limit=1, only_folders=True) == []
    assert pages(journal, folder_id, limit=9, parent=identity("in beta")) == [["never shown"]]


def test_a_page_shows_what_is_there_now_and_goes_on_from_what_is_gone(journal, folder_id, commit):
    commit(*(change(name, 0, folder(name)) for name in "abcd"))
    commit(change("b", 2, None), change("c", 3, folder("0")), change("d", 4, folder("d", "a")))

    assert pages(journal, folder_id, limit=9) == [["0", "a"]]
    assert [each.number for each in journal.page(folder_id, "", limit=9)] == [6, 1]
    (found,) = journal.page(folder_id, "", after=Mark(True, "00"), limit=9)
    assert found.state == folder("a")


def test_the_longest_names_are_read_in_pages_too(journal, folder_id, commit):
    names = ["\N{EURO SIGN}" * 254 + letter for letter in "abc"]
    commit(*(change(name, 0, folder(name)) for name in names))

    assert pages(journal, folder_id, limit=1) == [[name] for name in names]


def test_a_page_costs_the_same_however_much_is_in_a_folder(journal, folder_id, commit, many):
    commit(*[change(str(number), 0, folder(f"{number:04}")) for number in range(3)])
    asked = []
    if isinstance(journal, DynamodbJournal):
        events = client("dynamodb", endpoint_url=settings.DYNAMODB_ENDPOINT_URL).meta.events
        events.register("before-call.dynamodb.*", lambda model, **_: asked.append(model.name))

    def cost():
        asked.clear()
        with CaptureQueriesContext(connection) as statements:
            assert len(journal.page(folder_id, "", after=Mark(True, "0000"), limit=2)) == 2
        return len(statements) + len(asked)

    before = cost()
    commit(*[change(f"n{number}", 0, folder(f"{number:04}n")) for number in range(many - 3)])
    assert cost() == before <= 2


def test_many_entries_and_lines_are_read_at_once(journal, folder_id, commit):
    commit(change("a", 0, folder("a")), change("b", 0, folder("b")))
    commit(change("b", 2, None))

    found = journal.entries(folder_id, [identity("a"), identity("b"), identity("never")])

    assert {each.entry: each.is_deleted for each in found} == {
        identity("a"): False,
        identity("b"): True,
    }
    assert {line.number for line in journal.lines(folder_id, [1, 3, 9])} == {1, 3}


def test_a_folder_is_forgotten_and_no_other(journal, folder_id, commit):
    """So wholly that it can be begun anew: its keys and its places are free."""
    other = uuid.uuid4()
    changes = [
        change("docs", 0, folder("docs")),
        change("notes", 0, file("notes.txt", "dear bob", "docs"), key="again"),
    ]
    journal.commit(other, changes, author=ALICE, held=HELD, now=NOON)
    commit(*changes)

    journal.remove(folder_id)
    journal.remove(folder_id)

    assert journal.head(folder_id) == 0
    assert tree(journal, folder_id) == {}
    assert journal.since(folder_id, 0, limit=10) == []
    assert journal.children(folder_id, identity("docs")) == []
    assert commit(*changes) == [Accepted(1), Accepted(2)]
    assert journal.head(other) == 2
