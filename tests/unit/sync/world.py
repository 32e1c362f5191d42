"""A service and some devices as values: edits by people, steps that succeed or are refused.

Every content is new, so that it can be told which of them somebody gave up and which was lost.
"""

from dataclasses import dataclass, field
from itertools import count
from random import Random

from msgspec.structs import replace

from sync.planner.names import folded
from sync.planner.plan import Plan, Side, Step, Terms, plan
from sync.planner.tree import ROOT, Content, Entry, Identity, Kind, Place, ancestors

NAMES = ["a", "b", "c.txt", "C.txt", "d.tar.gz"]
Entries = dict[Identity, Entry]


@dataclass
class Service:
    """What all have in common. `stored` are the contents that it ever acknowledged."""

    entries: Entries = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)
    retired: set[str] = field(default_factory=set)
    numbers: "count[int]" = field(default_factory=count)

    def new_identity(self) -> Identity:
        return f"i{next(self.numbers):04}"

    def new_content(self) -> Content:
        return Content(f"content-{next(self.numbers)}", 1)


class Device:
    def __init__(self, name: str, service: Service, random: Random, terms: Terms | None = None):
        self.service, self.random = service, random
        self.terms = terms or Terms(service.new_identity, f"by {name}")
        self.local: Entries = {}
        self.base: Entries = {}
        self.remote: Entries = {}
        self.absent: frozenset[Identity] = frozenset()

    # What a person does.

    def disturb(self) -> None:
        """One random thing that somebody does to files."""
        doing = self.random.choice(
            [
                self.add,
                self.edit,
                self.edit,
                self.move,
                self.move,
                self.move,
                self.remove,
                self.flag,
            ]
        )
        doing()

    def add(self) -> None:
        place = self._free_place()
        if place:
            folder = self.random.random() < 0.5
            kind = Kind.FOLDER if folder else Kind.FILE
            content = None if folder else self.service.new_content()
            self.local[self.service.new_identity()] = Entry(kind, place, content)

    def edit(self) -> None:
        if identity := self._some(Kind.FILE):
            self._retire(identity)
            self._change(identity, content=self.service.new_content())

    def flag(self) -> None:
        if identity := self._some(Kind.FILE):
            content = self.local[identity].content
            assert content
            flagged = replace(content, is_executable=not content.is_executable)
            self._change(identity, content=flagged)

    def move(self) -> None:
        identity, place = self._some(*Kind), self._free_place()
        if identity and place and not self._is_inside(place.parent, identity):
            self._change(identity, place=place)

    def remove(self) -> None:
        if identity := self._some(*Kind):
            gone = [each for each in self.local if self._is_inside(each, identity)]
            for each in gone:
                self._retire(each)
                del self.local[each]

    def _retire(self, identity: Identity) -> None:
        if content := self.local[identity].content:
            self.service.retired.add(content.sha256)

    def _some(self, *kinds: Kind) -> Identity | None:
        found = sorted(each for each, entry in self.local.items() if entry.kind in kinds)
        return self.random.choice(found) if found else None

    def _free_place(self) -> Place | None:
        folders = [ROOT, *(each for each in self.local if self.local[each].kind == Kind.FOLDER)]
        place = Place(self.random.choice(sorted(folders)), self.random.choice(NAMES))
        return None if self._is_taken(self.local, place) else place

    def _is_inside(self, identity: Identity, folder: Identity) -> bool:
        return identity == folder or folder in ancestors(self.local, identity)

    def _change(self, identity: Identity, **fields: object) -> None:
        self.local[identity] = replace(self.local[identity], **fields)

    def lose_state(self) -> None:
        """The client's own records are gone; the files are as they were, and looked at anew."""
        called = {identity: self.service.new_identity() for identity in self.local}
        self._call(called)
        self.base = {}

    # What the client does.

    def look(self) -> Plan:
        """See what is there now, and plan."""
        self.remote = dict(self.service.entries)
        return plan(self.base, self.local, self.remote, self.terms)

    def begin(self, found: Plan) -> None:
        """What comes before the steps, in one transaction of the client's own state."""
        self.absent = found.absent
        self._call({call.old: call.new for call in found.calls})
        for each in found.agreed:
            self._agree(each.identity, each.entry)

    def _call(self, called: dict[Identity, Identity]) -> None:
        self.local = {
            called.get(identity, identity): replace(
                entry,
                place=Place(called.get(entry.place.parent, entry.place.parent), entry.place.name),
            )
            for identity, entry in self.local.items()
        }

    def do(self, step: Step) -> bool:
        """Whether the step could be done; nothing else has happened if not."""
        tree = self.local if step.side == Side.HERE else self.service.entries
        if tree.get(step.identity) != step.before or not self._is_possible(tree, step):
            return False
        if step.side == Side.HERE and not self._is_safe(step):
            return False
        _set(tree, step.identity, step.after)
        if step.side == Side.THERE:
            if step.after and step.after.content:
                self.service.stored.add(step.after.content.sha256)
            _set(self.remote, step.identity, step.after)
        is_same = self.local.get(step.identity) == self.remote.get(step.identity)
        if is_same and step.identity not in self.absent:
            self._agree(step.identity, step.after)
        return True

    def _is_possible(self, tree: Entries, step: Step) -> bool:
        if step.after is None:
            return all(entry.place.parent != step.identity for entry in tree.values())
        place = step.after.place
        if step.before and step.before.place == place:
            return True
        is_folder = place.parent == ROOT or (
            place.parent in tree and tree[place.parent].kind == Kind.FOLDER
        )
        if not is_folder or self._is_taken(tree, place, but=step.identity, here=tree is self.local):
            return False
        return place.parent != step.identity and step.identity not in ancestors(tree, place.parent)

    def _is_taken(
        self, tree: Entries, place: Place, *, but: Identity = ROOT, here: bool = True
    ) -> bool:
        same = folded if here and self.terms.disk.ignores_case else str
        return any(
            entry.place.parent == place.parent
            and same(entry.place.name) == same(place.name)
            and identity != but
            for identity, entry in tree.items()
        )

    def _is_safe(self, step: Step) -> bool:
        """Only bytes that the service has may go from here."""
        before, after = step.before, step.after
        if not before or not before.content:
            return True
        if after and after.content and after.content.sha256 == before.content.sha256:
            return True
        return before.content.sha256 in self.service.stored

    def _agree(self, identity: Identity, entry: Entry | None) -> None:
        _set(self.base, identity, entry)

    def sync(self) -> bool:
        """All in order and without a break; whether there was anything to do."""
        found = self.look()
        self.begin(found)
        for step in found.steps:
            self.do(step)
        return not found.is_empty


def _set(tree: Entries, identity: Identity, entry: Entry | None) -> None:
    if entry is None:
        tree.pop(identity, None)
    else:
        tree[identity] = entry


def contents(tree: Entries) -> set[str]:
    return {entry.content.sha256 for entry in tree.values() if entry.content}
