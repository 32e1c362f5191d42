"""Lines of a journal as transactions of DynamoDB: within its limits, and each item once."""

import uuid

from mediashare.aws.dynamodb import MOST_WRITES, Delete, Put, Update
from sync.protocol.messages import (
    LONGEST_NAME_BYTES,
    LONGEST_TARGET,
    Author,
    Folder,
    Line,
    Link,
    Revision,
)
from sync.server.journal.dynamodb import writing

FOLDER = uuid.UUID(int=7)
# DynamoDB's own: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
MOST_BYTES = 4 * 2**20
AUTHOR = Author("u" * 36, "\N{GRINNING FACE}" * 200, "d" * 36)


def line(number, entry, after, base=0):
    return Line(number, entry, base, after, uuid.UUID(int=number).hex, AUTHOR, 0)


def identity(number):
    return uuid.UUID(int=number).hex


def keys(writes):
    return [write.key for write in writes]


def item(write):
    assert isinstance(write, Put)
    return write.item


def size(write):
    values = {Put: "item", Update: "settled"}.get(type(write))
    held = getattr(write, values).items() if values else ()
    return sum(len(name) + len(str(value)) for name, value in held) + len("".join(write.key))


def test_the_largest_changes_fit_into_transactions():
    name, target = "é" * (LONGEST_NAME_BYTES // 2), "\N{GRINNING FACE}" * LONGEST_TARGET
    lines = [
        line(number, identity(number), Link(identity(10**6 + number), name, target))
        for number in range(1, 1001)
    ]

    made = list(writing.transactions(FOLDER, lines, {}))

    assert all(len(writes) <= MOST_WRITES for writes in made)
    assert all(len(set(keys(writes))) == len(writes) for writes in made)
    assert max(sum(map(size, writes)) for writes in made) < MOST_BYTES
    assert max(size(write) for writes in made for write in writes) < 400 * 2**10


def test_each_transaction_begins_where_the_one_before_ended():
    lines = [line(number, identity(number), Folder("", str(number))) for number in range(1, 101)]

    heads = [writes[0] for writes in writing.transactions(FOLDER, lines, {})]

    ends = [item(head)["number_"] for head in heads]
    assert [head.condition.values.get("before", 0) for head in heads] == [0, *ends[:-1]]
    assert ends[-1] == 100


def test_names_that_are_exchanged_are_written_once_each():
    a, b = identity(1), identity(2)
    known = {a: Revision(a, 1, Folder("", "a")), b: Revision(b, 2, Folder("", "b"))}
    lines = [
        line(3, a, Folder("", "parked"), 1),
        line(4, b, Folder("", "a"), 2),
        line(5, a, Folder("", "b"), 3),
    ]

    (writes,) = writing.transactions(FOLDER, lines, known)

    places = {write.key.sk[-1]: write for write in writes if "#folders#" in write.key.pk}
    assert {name: item(write)["entry"] for name, write in places.items()} == {"a": b, "b": a}
    assert not any(isinstance(write, Delete) for write in writes)
    assert len(set(keys(writes))) == len(writes)
