"""Which changes are taken, and what is answered to the others."""

from pathlib import Path

import pytest

from sync.protocol import rules
from sync.protocol.excerpt import Excerpt, decide_all, needs
from sync.protocol.messages import (
    Accepted,
    Author,
    Change,
    Conflict,
    File,
    Folder,
    Link,
    Problem,
    Refused,
    Revision,
)

BYTES, OTHER_BYTES = "b" * 64, "c" * 64
HELD = {BYTES: 3, OTHER_BYTES: 4}
ALICE = Author("alice", "Alice")
NOTES = File("", "notes.txt", BYTES, 3)
EDITED = File("", "notes.txt", OTHER_BYTES, 4)


def identity(name):
    """An identity that a test can tell from others."""
    return name.encode().hex().ljust(32, "0")


def change(name, base, after, key=""):
    return Change(identity(key or f"{name}@{base}"), identity(name), base, after)


def folder(*states):
    """A folder to which these entries were committed, one after another, from number 1 on."""
    excerpt = Excerpt(HELD)
    changes = [change(name, 0, state) for name, state in states]
    answers, _ = decide_all(excerpt, changes, head=0, author=ALICE, at_ms=0)
    assert answers == [Accepted(number) for number in range(1, len(states) + 1)]
    return excerpt


def problem_of(answer):
    return answer.problem


def answer_to(excerpt, asked, *, number=100):
    return rules.decide(excerpt, asked, number=number)


ONE_OF_EACH = (
    ("docs", Folder("", "docs")),
    ("notes", NOTES),
    ("link", Link("", "latest", "docs/new")),
)
TAKEN = [
    ("a new file", change("new", 0, File("", "new.txt", BYTES, 3))),
    ("an empty folder", change("new", 0, Folder("", "new"))),
    ("a name that only capitals tell apart", change("new", 0, Folder("", "Docs"))),
    ("a new link", change("new", 0, Link("", "new", "../elsewhere"))),
    ("other content", change("notes", 2, EDITED)),
    ("another name", change("notes", 2, File("", "letter.txt", BYTES, 3))),
    ("other capitals", change("notes", 2, File("", "Notes.txt", BYTES, 3))),
    ("another folder", change("notes", 2, File(identity("docs"), "notes.txt", BYTES, 3))),
    ("the same name in another folder", change("new", 0, Folder(identity("docs"), "docs"))),
    ("leave to run it", change("notes", 2, File("", "notes.txt", BYTES, 3, True))),
    ("a link to elsewhere", change("link", 3, Link("", "latest", "docs/old"))),
    ("deleting a file", change("notes", 2, None)),
    ("deleting an empty folder", change("docs", 1, None)),
]


@pytest.mark.parametrize("asked", [asked for _, asked in TAKEN], ids=[name for name, _ in TAKEN])
def test_what_can_be_is_accepted_with_the_next_number(asked):
    assert answer_to(folder(*ONE_OF_EACH), asked) == Accepted(100)


CANNOT_BE = [
    (Problem.BAD_NAME, change("new", 0, Folder("", ".."))),
    (Problem.BAD_NAME, change("new", 0, Folder("", "a/b"))),
    (Problem.BAD_NAME, change("new", 0, Folder("", "a\0b"))),
    (Problem.BAD_NAME, change("new", 0, Folder("", "u\N{COMBINING DIAERESIS}"))),
    (Problem.BAD_NAME, change("new", 0, Folder("", "ü" * 400))),
    (Problem.OTHER_KIND, change("notes", 2, Folder("", "notes.txt"))),
    (Problem.NO_PARENT, change("new", 0, Folder(identity("nowhere"), "new"))),
    (Problem.NO_PARENT, change("new", 0, Folder(identity("notes"), "new"))),
    (Problem.IN_ITSELF, change("docs", 1, Folder(identity("docs"), "docs"))),
    (Problem.NAME_TAKEN, change("new", 0, Folder("", "docs"))),
    (Problem.NAME_TAKEN, change("new", 0, File("", "notes.txt", BYTES, 3))),
    (Problem.NAME_TAKEN, change("link", 3, Link("", "docs", "docs/new"))),
    (Problem.NO_BYTES, change("new", 0, File("", "new.txt", "d" * 64, 3))),
    (Problem.NO_BYTES, change("new", 0, File("", "new.txt", BYTES, 999))),
]


@pytest.mark.parametrize(
    ("problem", "asked"), CANNOT_BE, ids=[f"{p.value}-{i}" for i, (p, _) in enumerate(CANNOT_BE)]
)
def test_what_cannot_be_is_refused_with_the_reason(problem, asked):
    answer = answer_to(folder(*ONE_OF_EACH), asked)

    assert isinstance(answer, Refused)
    assert answer.problem == problem


def test_a_taken_name_is_answered_with_who_has_it():
    answer = answer_to(folder(*ONE_OF_EACH), change("new", 0, Folder("", "docs")))

    assert answer.occupant == Revision(identity("docs"), 1, Folder("", "docs"))


def test_a_deleted_folder_is_no_place_for_anything():
    excerpt = folder(*ONE_OF_EACH)
    decide_all(excerpt, [change("docs", 1, None)], head=3, author=ALICE, at_ms=0)

    answer = answer_to(excerpt, change("new", 0, Folder(identity("docs"), "new")))

    assert answer.problem == Problem.NO_PARENT


def test_a_folder_with_something_in_it_is_not_deleted():
    excerpt = folder(("docs", Folder("", "docs")), ("in", Folder(identity("docs"), "in")))

    assert answer_to(excerpt, change("docs", 1, None)).problem == Problem.NOT_EMPTY


def test_a_folder_cannot_be_put_far_into_itself():
    excerpt = folder(
        ("a", Folder("", "a")),
        ("b", Folder(identity("a"), "b")),
        ("c", Folder(identity("b"), "c")),
        ("d", Folder("", "d")),
    )

    into_itself = answer_to(excerpt, change("a", 1, Folder(identity("c"), "a")))
    elsewhere = answer_to(excerpt, change("b", 2, Folder(identity("d"), "b")))

    assert into_itself.problem == Problem.IN_ITSELF
    assert elsewhere == Accepted(100)


def test_a_way_that_was_not_looked_up_is_a_fault_and_no_leave():
    excerpt = Excerpt(HELD)
    excerpt.add(Revision(identity("a"), 1, Folder("", "a")))
    excerpt.add(Revision(identity("c"), 3, Folder(identity("b"), "c")))

    with pytest.raises(LookupError):
        answer_to(excerpt, change("a", 1, Folder(identity("c"), "a")))


@pytest.mark.parametrize("base", [0, 1, 3, 99])
def test_an_edit_on_another_version_is_a_conflict_that_tells_the_present_one(base):
    excerpt = folder(("docs", Folder("", "docs")), ("notes", NOTES))

    answer = answer_to(excerpt, change("notes", base, EDITED))

    assert answer == Conflict(Revision(identity("notes"), 2, NOTES))


def test_a_deletion_on_another_version_is_a_conflict():
    answer = answer_to(folder(("notes", NOTES)), change("notes", 0, None))

    assert answer == Conflict(Revision(identity("notes"), 1, NOTES))


def test_an_edit_of_what_never_was_is_a_conflict_with_nothing():
    assert answer_to(folder(), change("notes", 7, NOTES)) == Conflict(None)


def test_a_conflict_is_found_before_anything_else_is_wrong():
    answer = answer_to(folder(("notes", NOTES)), change("notes", 9, Folder("", "..")))

    assert isinstance(answer, Conflict)


@pytest.mark.parametrize("base", [0, 1, 99])
def test_what_is_so_already_is_accepted_at_its_number_on_any_base(base):
    excerpt = folder(("notes", NOTES))

    assert answer_to(excerpt, change("notes", base, NOTES)) == Accepted(1)


def test_another_time_of_modification_alone_is_no_change():
    touched = File("", "notes.txt", BYTES, 3, modified_ms=5)

    assert answer_to(folder(("notes", NOTES)), change("notes", 1, touched)) == Accepted(1)


def test_deleting_what_never_was_is_accepted_and_nothing():
    assert answer_to(folder(), change("notes", 3, None)) == Accepted(0)


def test_a_deleted_entry_comes_back_under_its_identity_on_the_number_of_its_deletion():
    excerpt = folder(("notes", NOTES))
    decide_all(excerpt, [change("notes", 1, None)], head=1, author=ALICE, at_ms=0)

    too_old = answer_to(excerpt, change("notes", 1, NOTES))
    right = answer_to(excerpt, change("notes", 2, NOTES))
    other_kind = answer_to(excerpt, change("notes", 2, Folder("", "notes.txt")))

    assert too_old == Conflict(Revision(identity("notes"), 2, NOTES, is_deleted=True))
    assert right == Accepted(100)
    assert other_kind.problem == Problem.OTHER_KIND


def test_the_name_of_a_deleted_entry_is_free():
    excerpt = folder(("notes", NOTES))
    decide_all(excerpt, [change("notes", 1, None)], head=1, author=ALICE, at_ms=0)

    assert answer_to(excerpt, change("new", 0, NOTES)) == Accepted(100)


def test_each_change_sees_those_before_it():
    changes = [
        change("docs", 0, Folder("", "docs")),
        change("in", 0, Folder(identity("docs"), "in")),
        change("docs", 1, None, key="too early"),
        change("in", 2, None),
        change("docs", 1, None),
        change("other", 0, Folder("", "DOCS")),
    ]

    answers, lines = decide_all(Excerpt(HELD), changes, head=0, author=ALICE, at_ms=0)

    assert [getattr(each, "number", None) for each in answers] == [1, 2, None, 3, 4, 5]
    assert [line.number for line in lines] == [1, 2, 3, 4, 5]


def test_names_are_exchanged_by_way_of_a_third():
    excerpt = folder(("a", Folder("", "a")), ("b", Folder("", "b")))
    changes = [
        change("a", 1, Folder("", "parked")),
        change("b", 2, Folder("", "a")),
        change("a", 3, Folder("", "b")),
    ]

    answers, _ = decide_all(excerpt, changes, head=2, author=ALICE, at_ms=0)

    assert answers == [Accepted(3), Accepted(4), Accepted(5)]


def test_a_repeated_key_is_answered_the_same_and_done_once():
    excerpt = folder(("notes", NOTES))
    edit = change("notes", 1, EDITED)
    back = change("notes", 2, NOTES)

    answers, lines = decide_all(excerpt, [edit, back, edit], head=1, author=ALICE, at_ms=0)

    assert answers == [Accepted(2), Accepted(3), Accepted(2)]
    assert len(lines) == 2
    assert excerpt.entry(identity("notes")).state == NOTES


def test_a_key_that_came_with_another_change_is_refused():
    excerpt = folder(("notes", NOTES))

    answers, _ = decide_all(
        excerpt, [change("other", 0, EDITED, key="notes@0")], head=1, author=ALICE, at_ms=0
    )

    assert problem_of(answers[0]) == Problem.KEY_REUSED


def test_what_has_to_be_looked_up_is_named():
    asked = [
        change("new", 0, File(identity("docs"), "É", BYTES, 3)),
        change("docs", 1, Folder(identity("up"), "docs")),
        change("gone", 2, None),
    ]

    found = needs(asked)

    assert found.entries == {identity(each) for each in ("new", "docs", "up", "gone")}
    assert found.above == {identity("docs"), identity("up")}
    assert found.places == {(identity("docs"), "É"), (identity("up"), "docs")}
    assert found.emptied == {identity("gone")}
    assert found.keys == {each.key for each in asked}
    assert found.digests == {BYTES}


def test_every_problem_there_is_has_a_test():
    source = Path(__file__).read_text()

    assert [each.name for each in Problem if f"Problem.{each.name}" not in source] == []
