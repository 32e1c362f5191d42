"""What lines of a journal did, gathered and said."""

from collections import Counter

import pytest

from sync.protocol.messages import Author, Line, Revision
from sync.server.activity import telling, words
from sync.server.activity.deeds import PAUSE_MS, Sort, Verb, deed_of, gathered
from sync.server.activity.reading import Names
from sync.server.models import FolderEvent
from tests.app.sync.changing import file, folder, identity

ALICE, BOB = Author("a", "Alice", "laptop"), Author("b", "Bob")
SECOND = 1000


def line(number, entry, after, *, base=0, at=None, author=ALICE):
    at_ms = number * SECOND if at is None else at
    return Line(number, identity(entry), base, after, "0" * 32, author, at_ms)


def deed(number, entry, after, before=None, **more):
    known = line(number - 1, entry, before) if before else None
    found = deed_of(line(number, entry, after, base=1 if before else 0, **more), known)
    assert found
    return found


def added(*names, parent="", start=1, **more):
    return [
        deed(number, name, file(name, "", parent), **more)
        for number, name in enumerate(names, start)
    ]


NOTES = file("notes.txt", "one")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, NOTES, "added “notes.txt”"),
        (None, folder("docs"), "added the folder “docs”"),
        (NOTES, file("notes.txt", "two"), "changed “notes.txt”"),
        (NOTES, file("list.txt", "one"), "renamed “notes.txt” to “list.txt”"),
        (NOTES, file("notes.txt", "one", "docs"), "moved “notes.txt”"),
        (NOTES, None, "deleted “notes.txt”"),
        (folder("docs"), None, "deleted the folder “docs”"),
    ],
)
def test_a_deed_is_said(before, after, said):
    (run,) = gathered([deed(2, "it", after, before)])

    assert words.of_run(run) == said


def test_no_name_breaks_or_turns_the_line_in_which_it_is_said():
    """A disk may have such names, and a mail has a line for each sentence."""
    mallory = Author("m", "Mal\u202elory")
    odd = deed(2, "it", file("a.txt\n\nPay here: \u202eelpmaxe.live", "", "docs"), author=mallory)
    (run,) = gathered([odd])
    place = Revision(identity("docs"), 1, folder("docs\rand more"))

    said = str(telling.of_run(run, Names({identity("docs"): place}, {})))

    assert said == "Mal�lory added “a.txt��Pay here: �elpmaxe.live” in “docs�and more”"


def test_who_saves_a_file_again_and_again_has_changed_one():
    saved = [deed(number, "it", file("notes.txt", str(number)), NOTES) for number in range(2, 9)]
    (run,) = gathered(saved)
    (both,) = gathered([*saved, deed(10, "other", file("list.txt", "2"), file("list.txt", "1"))])

    assert words.of_run(run) == "changed “notes.txt”"
    assert (run.count, run.first_number) == (1, 2)
    assert words.of_run(both) == "changed 2 files"


def test_what_comes_back_after_its_deletion_was_brought_back():
    found = deed_of(line(3, "it", NOTES, base=2), line(2, "it", None, base=1))

    assert found
    assert found.verb is Verb.RESTORED
    assert words.of_run(gathered([found])[0]) == "brought back “notes.txt”"


def test_the_deletion_of_what_nobody_knows_is_no_deed():
    assert deed_of(line(2, "it", None, base=1), None) is None


def test_deeds_of_one_kind_in_one_place_are_one_run():
    some = added("a", "b", "c", parent="trips")
    some.append(deed(4, "inner", folder("inner", "trips")))

    (run,) = gathered(some)

    assert run.counts == Counter({Sort.FILE: 3, Sort.FOLDER: 1})
    assert (run.first_number, run.last.number, run.began_ms) == (1, 4, SECOND)
    assert words.of_run(run) == "added 3 files and 1 folder"


def test_others_in_between_do_not_divide_a_run():
    hers, his = added("a", "b", "c"), added("x", "y", start=4, author=BOB)

    runs = gathered([hers[0], his[0], hers[1], his[1], hers[2]])

    assert {(run.last.author.name, run.count) for run in runs} == {("Alice", 3), ("Bob", 2)}


def test_a_pause_ends_a_run():
    first, second = added("a", "b")
    late = added("c", start=3, at=2 * SECOND + PAUSE_MS + 1)

    assert [run.count for run in gathered([first, second, *late])] == [1, 2]


@pytest.mark.parametrize("other", [{"author": BOB}, {"author": Author("a", "Alice", "phone")}])
def test_another_person_or_device_is_another_run(other):
    assert len(gathered([*added("a"), *added("b", start=2, **other)])) == 2


def test_what_is_done_in_many_places_at_once_is_told_as_one():
    parents = [f"p{number}" for number in range(14)]
    some = [
        deed(number, f"f{number}", file("x", "", parent))
        for number, parent in enumerate(parents, 1)
    ]

    (run,) = gathered(some)

    assert (run.count, run.places) == (14, 14)
    assert words.of_run(run) == "added 14 files in 14 folders"
    assert len(gathered(some[:3])) == 3


def test_the_latest_run_comes_first():
    runs = gathered([*added("a"), deed(2, "b", None, NOTES), *added("c", start=3)])

    assert [run.last.number for run in runs] == [3, 2]


@pytest.mark.parametrize("kind", FolderEvent.Kind)
def test_every_event_has_words(kind):
    event = FolderEvent(kind=kind, subject="Bob {x}", outcome="editor")

    said = words.of_event(event, told_to_owner=True)

    assert said
    assert ("Bob" in words.EVENTS[kind].format(subject="Bob", outcome="")) == ("Bob {x}" in said)


def test_who_was_asked_is_for_the_owner_alone():
    event = FolderEvent(kind="invited", subject="bob@example.org", outcome="reader")

    assert words.of_event(event, told_to_owner=False) == "invited somebody, as reader"
    assert "bob@example.org" in words.of_event(event, told_to_owner=True)
