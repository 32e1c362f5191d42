"""Decide the steps for a folder and its remote copy to agree, each with a reason. Pure.

A step names what must be found before it; where something else is found, nothing is done and the
next plan decides anew. So steps may be interrupted, done in part, or overtaken by others.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from sync.planner.disk import LINUX, Disk, held
from sync.planner.focus import focused
from sync.planner.merge import merge
from sync.planner.names import is_parked
from sync.planner.transform import Change, transform
from sync.planner.tree import Entry, Identity, Kind, Tree

# So few may go without asking, however large a part of everything they are.
FEW = 10
LARGE_PART = 0.5


class Side(StrEnum):
    HERE = "here"
    THERE = "there"


class Call(Struct, frozen=True, gc=False):
    """What was seen here as `old` is known as `new` from now on. The disk is not touched."""

    old: Identity
    new: Identity
    reason: str


class Agree(Struct, frozen=True, gc=False):
    """What base is to say from now on, since both sides agree on it; None is nothing.

    Nothing is said of what neither has any more, and of what is not to be here.
    """

    identity: Identity
    entry: Entry | None


class Deed(StrEnum):
    MAKE = "make"
    EDIT = "edit"
    MOVE = "move"
    DELETE = "delete"


class Step(Struct, frozen=True, gc=False):
    """Change an entry on one side from `before` to `after`; None is not being there."""

    side: Side
    identity: Identity
    before: Entry | None
    after: Entry | None
    reason: str

    def __hash__(self) -> int:
        # Not of all that is in it: a plan has few steps of one entry.
        return hash(self.identity)

    @property
    def deed(self) -> Deed:
        """What it does on its side."""
        if self.before is None:
            return Deed.MAKE
        if self.after is None:
            return Deed.DELETE
        return Deed.MOVE if self.before.place != self.after.place else Deed.EDIT


@dataclass(frozen=True)
class Plan:
    """`calls` first, then `agreed`, then the steps in order.

    `absent` entries are not to be here though they are there: never agree on them, or that they
    are not here will look like a deletion.
    `problems` says why entries cannot be here. `asks` is a question to the person, without whose
    yes nothing may be done.
    """

    calls: tuple[Call, ...] = ()
    agreed: tuple[Agree, ...] = ()
    steps: tuple[Step, ...] = ()
    absent: frozenset[Identity] = frozenset()
    problems: dict[Identity, str] = field(default_factory=dict)
    asks: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.calls or self.agreed or self.steps)


@dataclass(frozen=True)
class Terms:
    """What a plan depends on beside the three trees.

    `unwanted` folders are not to be here. `new_identity` gives one that was never used; `remark`
    goes into the names of copies that are put beside others: `notes (anna, 2026-11-22).txt`.
    Where trees are a part of all, `elsewhere` is how many files of base are not in it, all the same
    on both sides.
    """

    new_identity: Callable[[], Identity]
    remark: str
    disk: Disk = LINUX
    unwanted: frozenset[Identity] = frozenset()
    elsewhere: int = 0


def plan(base: Tree, local: Tree, remote: Tree, terms: Terms) -> Plan:
    """What must happen so that both sides agree.

    What could not be looked at stands in `local` as it stands in `base`.
    """
    whole = base, local, remote
    base, local, remote = focused(base, local, remote, terms.unwanted)
    if base == local == remote and not terms.unwanted and not _is_any_parked(base):
        return Plan()
    merged = merge(base, local, remote, new_identity=terms.new_identity, remark=terms.remark)
    question = _question(*whole, merged.one.values(), terms.elsewhere)
    here, problems = held(merged.target, merged.local, terms.disk, terms.unwanted)
    absent = frozenset(merged.target.keys() - here.keys())
    calls = [Call(old, new, "the same is at the same place") for old, new in merged.one.items()]
    calls += [Call(old, new, merged.reasons[new]) for old, new in merged.parted.items()]
    return Plan(
        tuple(calls),
        tuple(_agreed(base, merged.local, remote, absent)),
        (
            *_steps(
                Side.HERE,
                transform(merged.local, here, compared=terms.disk.compared),
                merged.reasons,
            ),
            *_steps(Side.THERE, transform(remote, merged.target), merged.reasons),
        ),
        absent,
        problems,
        question,
    )


def _is_any_parked(tree: Tree) -> bool:
    return any(is_parked(entry.place.name) for entry in tree.values())


def _agreed(base: Tree, local: Tree, remote: Tree, absent: Collection[Identity]) -> Iterator[Agree]:
    """Where base is to be told that both sides are the same.

    It forgets first what is not to be here.
    """
    for identity in sorted(base.keys() | (local.keys() & remote.keys())):
        sides = base.get(identity), local.get(identity), remote.get(identity)
        entry = None if identity in absent else _agreement(*sides)
        if entry != base.get(identity):
            yield Agree(identity, entry)


def _agreement(before: Entry | None, here: Entry | None, there: Entry | None) -> Entry | None:
    """What both have agreed on by now: where it is and what is in it, each for itself.

    A disk that cannot have the remote name keeps its own, and knows of the bytes nevertheless.
    """
    if here == there:
        return here
    if here is None or there is None or here.content != there.content:
        return before
    return replace(here, place=before.place if before else here.place)


def _steps(side: Side, changes: Iterable[Change], reasons: Mapping[Identity, str]) -> list[Step]:
    other = Side.THERE if side == Side.HERE else Side.HERE
    return [
        Step(
            side,
            change.identity,
            change.before,
            change.after,
            reasons.get(change.identity) or _reason(change.before, change.after, other),
        )
        for change in changes
    ]


def _reason(before: Entry | None, after: Entry | None, other: Side) -> str:
    if before is None:
        return f"new {other}"
    if after is None:
        return f"deleted {other}"
    return f"moved {other}" if before.place != after.place else f"edited {other}"


def _question(
    base: Tree, local: Tree, remote: Tree, put_back: Iterable[Identity], elsewhere: int
) -> str:
    files = {identity for identity, entry in base.items() if entry.kind != Kind.FOLDER}
    count = len(files) + elsewhere
    for there, where in (
        (local.keys() | set(put_back), "from this computer"),
        (remote.keys(), "from the folder by somebody else"),
    ):
        gone = len(files - there)
        if gone > FEW and gone > LARGE_PART * count:
            return f"{gone} of {count} files were removed {where}. Remove them everywhere?"
    return ""
