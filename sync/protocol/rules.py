"""By which rules a change is taken. Pure; the same for every store and for the simulated world.

In every state that these rules let come about, each place has one entry at most, each entry is in
a folder that is there, none is in itself, and of every file the folder holds the bytes.
"""

from collections.abc import Callable
from typing import Protocol

from msgspec.structs import replace

from sync.planner.names import spelled
from sync.planner.tree import ROOT
from sync.protocol.messages import (
    LONGEST_NAME_BYTES,
    Accepted,
    Answer,
    Change,
    Conflict,
    File,
    Folder,
    Identity,
    Problem,
    Refused,
    Revision,
    State,
)


class View(Protocol):
    """What a decision has to know of a folder, as the changes before it left it."""

    def entry(self, identity: Identity) -> Revision | None:
        """An entry, also a deleted one; None when there never was one."""

    def occupant(self, parent: Identity, name: str) -> Revision | None:
        """Who has exactly this name in a folder. Capitals count, as for the planner."""

    def has_children(self, identity: Identity) -> bool:
        """Whether anything is in a folder."""

    def size_held(self, sha256: str) -> int | None:
        """How many bytes that content has; None when the folder does not hold it."""


def decide(view: View, change: Change, *, number: int) -> Answer:
    """What to answer. Accepted with this `number`, it is to be written; with a lower, it is not."""
    present = view.entry(change.entry)
    known = present.number if present else 0
    if is_same(present.now if present else None, change.after):
        return Accepted(known)
    if change.base != known:
        return Conflict(present)
    for rule in (_remove,) if change.after is None else RULES:
        if refusal := rule(view, change, present):
            return refusal
    return Accepted(number)


def is_same(one: State | None, other: State | None) -> bool:
    """Whether two states differ in nothing that counts; when a file was modified does not."""
    if isinstance(one, File) and isinstance(other, File):
        return replace(one, modified_ms=other.modified_ms) == other
    return one == other


def _remove(view: View, change: Change, _: Revision | None) -> Refused | None:
    if view.has_children(change.entry):
        return Refused(Problem.NOT_EMPTY, "Something is in this folder. Delete that first.")
    return None


def _have_a_name(_: View, change: Change, __: Revision | None) -> Refused | None:
    problem = wrong_with(_after(change).name)
    return Refused(Problem.BAD_NAME, problem) if problem else None


def wrong_with(name: str) -> str:
    """Why nothing can have this name; empty when something can."""
    if name in {".", ".."} or "/" in name or "\0" in name:
        return "No file can have this name."
    if not name.isascii() and spelled(name) != name:
        return "Names are sent in Unicode normalisation form C."
    if len(name.encode()) > LONGEST_NAME_BYTES:
        return f"A name has at most {LONGEST_NAME_BYTES} bytes in UTF-8."
    return ""


def _stay_of_a_kind(_: View, change: Change, present: Revision | None) -> Refused | None:
    if present and type(present.state) is not type(change.after):
        return Refused(Problem.OTHER_KIND, "An entry cannot become another kind. Make a new one.")
    return None


def _be_in_a_folder(view: View, change: Change, _: Revision | None) -> Refused | None:
    parent = _after(change).parent
    if parent == ROOT:
        return None
    found = view.entry(parent)
    if found is None or not isinstance(found.now, Folder):
        return Refused(Problem.NO_PARENT, "There is no folder to put it into.")
    return None


def _not_be_in_itself(view: View, change: Change, present: Revision | None) -> Refused | None:
    """Only a folder that is there can get into itself, by moving."""
    after = _after(change)
    if not moves_a_folder(change) or present is None:
        return None
    at = after.parent
    while at != ROOT:
        if at == change.entry:
            return Refused(Problem.IN_ITSELF, "A folder cannot be in itself.")
        above = view.entry(at)
        if above is None:
            raise LookupError(f"Folder {at} is in a way that was not looked up.")
        at = above.state.parent
    return None


def moves_a_folder(change: Change) -> bool:
    """Whether the folders above its new place count."""
    return isinstance(change.after, Folder) and change.base > 0


def _have_a_name_of_its_own(view: View, change: Change, _: Revision | None) -> Refused | None:
    after = _after(change)
    found = view.occupant(after.parent, after.name)
    if found is None or found.entry == change.entry:
        return None
    return Refused(Problem.NAME_TAKEN, f"{after.name!r} is taken there.", found)


def _have_its_bytes(view: View, change: Change, _: Revision | None) -> Refused | None:
    after = change.after
    if isinstance(after, File) and view.size_held(after.sha256) != after.size_bytes:
        return Refused(Problem.NO_BYTES, "The folder does not hold these bytes. Send them first.")
    return None


def _after(change: Change) -> State:
    if change.after is None:
        raise ValueError("Nothing is to be there after this change.")
    return change.after


Rule = Callable[[View, Change, Revision | None], Refused | None]
RULES: tuple[Rule, ...] = (
    _have_a_name,
    _stay_of_a_kind,
    _be_in_a_folder,
    _not_be_in_itself,
    _have_a_name_of_its_own,
    _have_its_bytes,
)
