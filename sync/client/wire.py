"""What the planner's words are in the protocol's messages, and back. Pure.

The protocol has a message for each kind of entry; the planner has one entry, whose content stands
for a link's target too.
"""

import hashlib
from collections.abc import Iterable, Iterator

from sync.client import ports
from sync.planner.tree import Content, Entry, Kind, Place
from sync.protocol import messages
from sync.protocol.folders import PartBegin

LATEST_MS = 2**53 - 1


def content_of_link(target: str) -> Content:
    """The content of a symbolic link that names this path."""
    path = target.encode()
    return Content(hashlib.sha256(path).hexdigest(), len(path))


def milliseconds(mtime_ns: int) -> int:
    """When a file was modified, as the protocol can say it; disks have times of any year."""
    return max(-LATEST_MS, min(mtime_ns // 10**6, LATEST_MS))


def message_of(change: ports.Change) -> messages.Change:
    """A change as it is sent."""
    return messages.Change(change.key, change.identity, change.base, _state(change))


def _state(change: ports.Change) -> messages.State | None:
    entry = change.entry
    if entry is None:
        return None
    at = entry.place
    if entry.kind == Kind.FOLDER:
        return messages.Folder(at.parent, at.name)
    if entry.kind == Kind.LINK:
        return messages.Link(at.parent, at.name, change.target)
    content = entry.content
    if content is None:
        raise ValueError(f"The file {at.name!r} has no content.")
    return messages.File(
        at.parent,
        at.name,
        content.sha256,
        content.size_bytes,
        content.is_executable,
        change.modified_ms,
    )


def revision_of(identity: str, number: int, state: messages.State | None) -> ports.Revision:
    """An entry as the service has it; `state` None: it is deleted."""
    if state is None:
        return ports.Revision(number, identity, None)
    place = Place(state.parent, state.name)
    if isinstance(state, messages.Folder):
        return ports.Revision(number, identity, Entry(Kind.FOLDER, place))
    if isinstance(state, messages.Link):
        entry = Entry(Kind.LINK, place, content_of_link(state.target))
        return ports.Revision(number, identity, entry, state.target)
    content = Content(state.sha256, state.size_bytes, state.is_executable)
    entry = Entry(Kind.FILE, place, content)
    return ports.Revision(number, identity, entry, modified_ms=state.modified_ms)


def parts_of(
    told: Iterable[PartBegin | messages.Revision],
) -> Iterator[int | ports.Revision]:
    """The parts of a folder that differ: the number of each, then everything in it."""
    for each in told:
        if isinstance(each, PartBegin):
            yield each.part
        else:
            yield revision_of(each.entry, each.number, each.now)


def committed_of(committed: messages.Committed) -> ports.Committed:
    """What became of changes, and which one they follow."""
    answers = [answer_of(each) for each in committed.answers]
    return ports.Committed(answers, committed.since_key, committed.key)


def answer_of(answer: messages.Answer) -> ports.Answer:
    """What became of a change."""
    if isinstance(answer, messages.Accepted):
        return ports.Accepted(answer.number)
    if isinstance(answer, messages.Refused):
        return ports.Declined(answer.detail)
    found = answer.present
    present = None if found is None else revision_of(found.entry, found.number, found.now)
    return ports.Declined("it was changed there meanwhile", present)


def page_of(page: messages.Changes, *, since: int) -> ports.Page:
    """A page of the journal."""
    revisions = tuple(revision_of(line.entry, line.number, line.after) for line in page.lines)
    cursor = revisions[-1].number if revisions else since
    key = page.lines[-1].key if page.lines else page.since_key
    is_last = cursor >= page.head
    return ports.Page(revisions, cursor, is_last, tuple(page.lacking), page.since_key, key)
