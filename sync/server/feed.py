"""What is read of a folder, as bytes to send. Asks nobody whether they may."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec

from sync.protocol.comparing import differing
from sync.protocol.folders import Comparison, TreeBegin, TreeEnd
from sync.protocol.messages import changes_after
from sync.server import holdings
from sync.server.journal.chosen import get_journal

# How many changes one answer has.
MOST_LINES = 1_000
# Lines of a tree that are sent together; a few hundred bytes each.
SENT_AT_ONCE = 500
# Parts in which nothing differs, of 2,000 entries at most, after which there is a sign that it
# goes on: whoever hears nothing for a minute believes that nobody is there.
QUIET_PARTS = 50

_encoder = msgspec.json.Encoder()


def page(folder_id: UUID, since: int) -> bytes:
    """The changes after a number, as JSON of `Changes`. Who may have it is not asked here."""
    journal = get_journal()
    # With the change that they follow, since that may be another than was heard before.
    lines = journal.since(folder_id, max(since - 1, 0), limit=MOST_LINES + bool(since))
    # Looked up last: it is never behind the lines.
    head = journal.head(folder_id)
    return _encoder.encode(changes_after(since, lines, head, holdings.lacking(folder_id)))


def tree(folder_id: UUID, at: int | None) -> Iterator[bytes]:
    """The entries that are there now, or were after change `at`: a line of JSON for each.

    Before them stands the number that they are at least as new as, behind them how many they were.
    """
    journal = get_journal()
    head = journal.head(folder_id)
    if at is not None:
        head = at = min(at, head)
    yield from _between(_begin(folder_id, head), journal.tree(folder_id, at=at))


def comparison(folder_id: UUID, compared: Comparison) -> Iterator[bytes]:
    """What of a folder is not as somebody knows it: the parts that differ, line by line.

    Before them stands the number that they are at least as new as, behind them how many lines.
    """
    journal = get_journal()
    head = journal.head(folder_id)
    at = compared.at
    if at is not None:
        head = at = min(at, head)
    told = differing(journal.tree(folder_id, at=at), compared.digests)
    yield from _between(_begin(folder_id, head), told)


def _begin(folder_id: UUID, head: int) -> TreeBegin:
    lines = get_journal().since(folder_id, head - 1, limit=1) if head else ()
    return TreeBegin(head, lines[0].key if lines else "")


def _between(begin: TreeBegin, lines: Iterable[Any]) -> Iterator[bytes]:
    """The first line at once; the end of each comes with the next one, or with nothing more.

    So there can be a blank meanwhile, which is no line of its own: a sign that it goes on.
    """
    yield _encoder.encode(begin)
    waiting: list[Any] = []
    count = quiet = 0
    for each in lines:
        if each is None:
            quiet += 1
        else:
            waiting.append(each)
        if quiet == QUIET_PARTS or len(waiting) == SENT_AT_ONCE:
            yield _following(waiting) or b" "
            count += len(waiting)
            waiting, quiet = [], 0
    yield _following([*waiting, TreeEnd(count + len(waiting))]) + b"\n"


def _following(lines: Sequence[Any]) -> bytes:
    """Lines after the end of the one before, without an end of their own."""
    return b"\n" + _encoder.encode_lines(lines)[:-1] if lines else b""
