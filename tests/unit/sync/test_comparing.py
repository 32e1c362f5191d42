"""Two sides find out where they differ, and tell each other hardly more than that."""

import hashlib
import sqlite3
from random import Random

import pytest
from msgspec.structs import replace

from sync.client import wire
from sync.client.state import State
from sync.protocol import comparing
from sync.protocol.comparing import differing
from sync.protocol.folders import PartBegin
from sync.protocol.messages import File, Folder, Link, Revision


def tree(count, seed=1):
    random = Random(seed)

    def state(number):
        parent, name = "", f"é{number}"
        kinds = [
            Folder(parent, name),
            Link(parent, name, f"../{number}"),
            File(parent, name, random.randbytes(32).hex(), number, number % 2 == 0, 7),
        ]
        return random.choice(kinds)

    found = [Revision(random.randbytes(16).hex(), n, state(n)) for n in range(1, count + 1)]
    return sorted(found, key=lambda each: each.entry)


def knowing(revisions):
    """The records of a client that knows these."""
    state = State(sqlite3.connect(":memory:", isolation_level=None))
    state.hear(wire.revision_of(each.entry, each.number, each.now) for each in revisions)
    return state


@pytest.mark.parametrize(("count", "parts"), [(0, 1), (250, 1), (600, 16), (5000, 256)])
def test_of_each_part_that_is_the_same_nothing_is_told(count, parts):
    there = tree(count)
    digests = knowing(there).digests()

    assert len(digests) == parts
    assert list(differing(there, digests)) == [None] * parts


@pytest.mark.parametrize(
    "other",
    [
        {"number": 9_999},
        {"state": Folder("", "other")},
        {"state": File("", "x", "0" * 64, 1)},
        {"state": Link("", "x", "elsewhere")},
    ],
    ids=["number", "name", "kind", "target"],
)
def test_a_part_in_which_anything_is_another_is_told_whole_and_no_other(other):
    there = tree(600)
    digests = knowing(there).digests()
    changed = there[300]
    there[300] = replace(changed, **other)

    begin, *inside = filter(None, differing(there, digests))

    assert begin == PartBegin(int(changed.entry[0], 16))
    assert inside == [each for each in there if each.entry[0] == changed.entry[0]]


def test_who_takes_in_what_is_told_knows_the_same():
    there = tree(600)
    known = [each for each in there if each.entry[0] not in "37f"]
    astray = Revision("b" * 32, 5, Folder("", "never there"))
    state = knowing([*known, replace(known[0], number=10**6), astray])

    told = wire.parts_of(filter(None, differing(there, state.digests())))
    with state.transaction():
        state.hear_parts(told, 1)

    assert state.digests() == knowing(there).digests()


def test_a_part_that_nothing_is_in_any_more_is_told_too():
    there = tree(600)
    digests = knowing(there).digests()

    assert list(differing([], digests)) == [PartBegin(part) for part in range(16)]


def test_a_part_of_very_many_is_told_without_being_held(monkeypatch):
    monkeypatch.setattr(comparing, "MOST_HELD", 10)
    there = tree(11)

    assert list(differing(there, knowing(there).digests())) == [PartBegin(0), *there]


def test_a_digest_is_as_the_document_says():
    there = [
        Revision("a" * 32, 3, File("", "é", "5" * 64, 8, True, 99)),
        Revision("b" * 32, 4, Link("a" * 32, "l", "../é")),
        Revision("c" * 32, 5, Folder("", "d")),
    ]
    lines = [
        ["a" * 32, "3", "file", "", "é", "5" * 64, "8", "1"],
        ["b" * 32, "4", "link", "a" * 32, "l", "../é"],
        ["c" * 32, "5", "folder", "", "d"],
    ]
    written = "".join("\0".join(line) + "\n" for line in lines)

    assert knowing(there).digests() == [hashlib.sha256(written.encode()).hexdigest()]


@pytest.mark.parametrize("parts", [2, 17, 65_536])
def test_there_are_not_as_many_parts_as_one_likes(parts):
    with pytest.raises(ValueError, match=f"{parts} parts"):
        list(differing([], ["0" * 64] * parts))
