"""Runs and events as a person says them. Asks nobody anything."""

import re
from collections import Counter

from sync.protocol.folders import UNSEEN_LETTERS
from sync.server.activity.deeds import Run, Sort, Verb
from sync.server.models import FolderEvent

UNSEEN = re.compile(f"[{UNSEEN_LETTERS}]")
SAID = {Verb.RESTORED: "brought back"}
EVENTS: dict[str, str] = {
    FolderEvent.Kind.RENAMED: "renamed this folder from “{subject}” to “{outcome}”",
    FolderEvent.Kind.INVITED: "invited {subject}, as {outcome}",
    FolderEvent.Kind.JOINED: "joined, as {outcome}",
    FolderEvent.Kind.ROLE: "made {subject} {outcome}",
    FolderEvent.Kind.REMOVED: "removed {subject}",
    FolderEvent.Kind.LEFT: "left",
    FolderEvent.Kind.DELETED: "deleted this folder",
    FolderEvent.Kind.RESTORED: "brought this folder back",
}
PLURALS = {Sort.FILE: "files", Sort.FOLDER: "folders", Sort.LINK: "links"}


def of_run(run: Run) -> str:
    """As `added 120 files`; where that was is said by who asks."""
    deed = run.last
    verb = SAID.get(deed.verb, str(deed.verb))
    if run.count > 1:
        words = f"{verb} {_counted(run.counts)}"
        return f"{words} in {run.places} folders" if run.places > 1 else words
    thing = f"the folder {quoted(deed.name)}" if deed.sort is Sort.FOLDER else quoted(deed.name)
    if deed.verb is Verb.RENAMED:
        return f"{verb} {quoted(deed.before)} to {quoted(deed.name)}"
    return f"{verb} {thing}"


def preposition(run: Run) -> str:
    """What stands between a run and its place."""
    return "to" if run.last.verb in {Verb.MOVED, Verb.RESTORED} else "in"


def of_event(event: FolderEvent, *, told_to_owner: bool) -> str:
    """Addresses of who was asked are for the owner alone."""
    is_secret = event.kind == FolderEvent.Kind.INVITED and not told_to_owner
    subject = "somebody" if is_secret else event.subject
    return EVENTS[event.kind].format(subject=subject, outcome=event.outcome)


def quoted(name: str) -> str:
    return f"“{in_line(name)}”"


def in_line(name: str) -> str:
    """A name as it can stand in a sentence: files may be called what breaks or turns a line."""
    return UNSEEN.sub("\N{REPLACEMENT CHARACTER}", name)


def _counted(counts: Counter[Sort]) -> str:
    parts = [
        f"{counts[sort]} {PLURALS[sort] if counts[sort] > 1 else sort}"
        for sort in Sort
        if counts[sort]
    ]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
