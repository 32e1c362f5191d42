"""Look at the disk, and say what is not as it was last seen. Changes nothing, here or in records.

Which entry something is:

- a folder: what was last seen with its inode, or else at its place;
- a file or link: what was last seen at its place, or else with its inode and the same content.

Everything else is new. So files that editors replace in saving stay what they are, and a renamed
folder is one change. A file is read only when its size, time, inode or flag is another. What
changes while it is read, or cannot be read, stands as it was last seen until the next look.

A look may be at what was named alone: at the folders in which that is, and at what is new in them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple, Protocol

from sync.client.ignore import NO_RULES, OWN_FOLDER, RULES_NAME, Rules
from sync.client.ports import ChangedWhileRead, Disk, Stat
from sync.client.state import STAT, Known, Seen, State
from sync.client.wire import content_of_link, milliseconds
from sync.planner.names import spelled
from sync.planner.tree import ROOT, Identity, Kind

# Times of files are so coarse on some systems that a second edit may leave them as they were.
COARSEST_NS = 2 * 10**9
# Where one is no whole second they are finer: by the tick of a kernel, or FAT's hundredths.
FINER_NS = 10**8
# In the year 1677; what is earlier, records have no room for.
EARLIEST_NS = -(2**63)
_first = itemgetter(0)
# Looking it up for each of a million files takes its time.
_FOLDER = Kind.FOLDER


@dataclass
class Findings:
    """`noted` is to be known as seen from now on, `gone` to be forgotten with all inside.

    `is_other` when any of it makes another tree than before. `problems` tells, by path, why
    something was left out. `looked_at` are the paths of all folders that were looked at, and
    `is_doubtful` says that more must be, since a whole folder is not where it was.
    """

    noted: list[Seen] = field(default_factory=list)
    gone: list[Identity] = field(default_factory=list)
    is_other: bool = False
    problems: dict[str, str] = field(default_factory=dict)
    looked_at: set[str] = field(default_factory=set)
    is_doubtful: bool = False


class Offer(Protocol):
    """Hears of each file as it was read: new, or known and perhaps another than it was."""

    def __call__(self, path: str, seen: Seen, *, is_new: bool) -> None: ...


class _Found(NamedTuple):
    parent: Identity
    path: str
    name: str
    stat: Stat


def scan(  # noqa: PLR0913  # Of what a look is made, one by one.
    disk: Disk,
    state: State,
    *,
    now: datetime,
    new_identity: Callable[[], Identity],
    named: Collection[str] | None = None,
    offer: Offer | None = None,
) -> Findings:
    """What is not as `state` has it. With `named`, a look at these paths alone."""
    look = _Look(disk, state, int(now.timestamp() * 10**9), new_identity, offer)
    if named is None:
        look.begin_at(ROOT, "", NO_RULES)
    else:
        look.begin_at_named(named)
    look.at_folders()
    look.at_files()
    return look.ended()


class _Look:
    def __init__(
        self,
        disk: Disk,
        state: State,
        now_ns: int,
        new_identity: Callable[[], Identity],
        offer: Offer | None,
    ) -> None:
        self._disk, self._state = disk, state
        self._now_ns, self._new_identity = now_ns, new_identity
        self._offer = offer
        self._findings = Findings()
        # Folders that were found, with their identity; what of them was known and is not there.
        self._here: set[Identity] = set()
        self._vacated: dict[Identity, Seen] = {}
        self._moved: set[Identity] = set()
        # Folders that were where they had been seen, when the look began.
        self._begun: set[Identity] = set()
        self._waiting: list[tuple[Identity, str, Rules]] = []
        self._is_whole = True
        # Folders that may be new; and those in the place of another, which may have moved.
        self._unknown: list[tuple[_Found, Rules]] = []
        self._replaced: list[tuple[_Found, Rules]] = []
        self._edited: list[tuple[Identity, _Found]] = []
        self._new: list[_Found] = []

    def begin_at(self, folder: Identity, path: str, rules: Rules) -> None:
        self._waiting.append((folder, path, rules))

    def begin_at_named(self, named: Collection[str]) -> None:
        """The known folders that these are in, or would be in."""
        self._is_whole = False
        found = dict(self._known_above(path) for path in sorted(named))
        for folder, path in found.items():
            self._here.add(folder)
            self._begun.add(folder)
            self.begin_at(folder, path, self._rules_above(path))

    def _known_above(self, path: str) -> tuple[Identity, str]:
        """The innermost known folder on the way to a path, that is there."""
        at, inside = ROOT, ""
        for name in path.split("/")[:-1]:
            seen = self._state.seen_at(at, name)
            further = _join(inside, name)
            # Notifications come through links too, and what lies behind one is not in here.
            if seen is None or seen.kind != Kind.FOLDER or seen.stat != self._disk.stat(further):
                break
            at, inside = seen.identity, further
        return at, inside

    def _rules_above(self, path: str) -> Rules:
        """The rules of all folders that this one is in."""
        rules, at = NO_RULES, ""
        for name in path.split("/") if path else ():
            with suppress(OSError):
                rules = rules.inside(at, self._rules_in(at))
            at = _join(at, name)
        return rules

    def _rules_in(self, folder: str) -> str:
        return self._disk.read(_join(folder, RULES_NAME)).decode(errors="replace")

    def at_folders(self) -> None:
        """All folders, those first that are certainly known."""
        while True:
            while self._waiting:
                self._open(*self._waiting.pop())
            if not (self._unknown or self._replaced):
                return
            found, rules = (self._unknown or self._replaced).pop()
            self._take_folder(self._known_by_place(found) or self._new_identity(), found, rules)

    def _open(self, folder: Identity, path: str, rules: Rules) -> None:
        self._here.add(folder)
        self._findings.looked_at.add(path)
        try:
            listed = self._disk.list(path)
            if RULES_NAME in map(_first, listed) and dict(listed)[RULES_NAME].kind is Kind.FILE:
                rules = rules.inside(path, self._rules_in(path))
        except OSError as error:
            self._findings.problems[path] = f"cannot be read: {error.strerror or error}"
            return
        known = self._state.seen_in(folder)
        others = []
        for name, stat in listed:
            row = known.get(name)
            if row is None or row[STAT] != stat:
                others.append((name, stat))
            elif stat[0] is not _FOLDER:
                del known[name]
            elif row[1] not in self._here or not self._is_whole:
                del known[name]
                self._pass(row[1], _join(path, name), rules)
            else:
                others.append((name, stat))
        if others:
            self._left_out(folder, path, listed, others)
            self._sort(folder, path, others, known, rules)
        self._miss(known.values())

    def _miss(self, known: Collection[Known]) -> None:
        """What was seen in a folder, and is not there as it was."""
        if known:
            self._vacated |= self._state.seen_of([row[1] for row in known])

    def _pass(self, folder: Identity, path: str, rules: Rules) -> None:
        """A folder that is as it was: what is in it may not be, unless only others were named."""
        if self._is_whole:
            self._waiting.append((folder, path, rules))
        else:
            self._here.add(folder)

    def _sort(
        self,
        folder: Identity,
        path: str,
        others: list[tuple[str, Stat]],
        known: dict[str, Known],
        rules: Rules,
    ) -> None:
        """What is not as it was: another folder, an edited file, or something new."""
        for name, stat in sorted(others):
            found = _Found(folder, _join(path, name), name, stat)
            seen = self._state.seen(known[name][1]) if name in known else None
            if found.path in self._findings.problems or found.path == OWN_FOLDER:
                continue
            if seen is not None and seen.kind == stat.kind and stat.kind != Kind.FOLDER:
                del known[name]
                self._edited.append((seen.identity, found))
            elif seen is None and self._is_ignored(found, rules):
                continue
            elif stat.kind != Kind.FOLDER:
                self._new.append(found)
            elif identity := self._known_by_inode(found):
                self._take_folder(identity, found, rules)
            else:
                (self._unknown if seen is None else self._replaced).append((found, rules))

    def _left_out(
        self,
        folder: Identity,
        path: str,
        listed: Sequence[tuple[str, Stat]],
        others: list[tuple[str, Stat]],
    ) -> None:
        """Name what is never synced, and why."""
        problems = self._findings.problems
        for name, stat in list(others):
            at = _join(path, name)
            if not _is_text(name):
                problems[at.encode(errors="replace").decode()] = "its name is not text"
                others.remove((name, stat))
            elif stat.kind is None:
                problems[at] = "it is neither file, folder nor link"
        if not all(name.isascii() for name, _ in others):
            texts = [name for name, _ in listed if _is_text(name)]
            for name in self._spelled_twice(folder, texts):
                problems[_join(path, name)] = "another one has this name, in other code points"

    def _spelled_twice(self, folder: Identity, names: Iterable[str]) -> Iterator[str]:
        """Names of which another Unicode form was there first."""
        first: dict[str, str] = {}
        known = {name for name in names if self._state.seen_at(folder, name)}
        for name in sorted(names, key=lambda each: (each not in known, each)):
            if first.setdefault(spelled(name), name) != name:
                yield name

    def _is_ignored(self, found: _Found, rules: Rules) -> bool:
        is_ignored = rules.ignore(found.path, is_folder=found.stat.kind == Kind.FOLDER)
        return is_ignored and not self._state.is_heard_at(found.parent, spelled(found.name))

    def _known_by_inode(self, found: _Found) -> Identity | None:
        for seen in self._state.seen_with_inode(found.stat.inode):
            if seen.kind == Kind.FOLDER and seen.identity not in self._here:
                return seen.identity
        return None

    def _known_by_place(self, found: _Found) -> Identity | None:
        seen = self._state.seen_at(found.parent, found.name)
        if seen and seen.kind == Kind.FOLDER and seen.identity not in self._here:
            return seen.identity
        return None

    def _take_folder(self, identity: Identity, found: _Found, rules: Rules) -> None:
        self._here.add(identity)
        self._note(Seen(identity, found.parent, found.name, Kind.FOLDER, found.stat.inode))
        self._waiting.append((identity, found.path, rules))

    def at_files(self) -> None:
        """Files and links that are not as they were, and those that are new, in order.

        What was found of each is forgotten as soon as it is noted: there may be many.
        """
        self._edited.reverse()
        while self._edited:
            identity, found = self._edited.pop()
            self._read(found, identity)
        self._new.reverse()
        while self._new:
            found = self._new.pop()
            moved = self._as_it_was(found)
            if moved is not None:
                self._moved.add(moved.identity)
                self._note(moved._replace(parent=found.parent, name=found.name))
            else:
                self._read(found, "")

    def _as_it_was(self, found: _Found) -> Seen | None:
        """What this was elsewhere, when nothing but the place has changed."""
        for seen in self._state.seen_with_inode(found.stat.inode):
            if seen.stat == found.stat and self._is_missing(seen):
                return seen
        return None

    def _is_missing(self, seen: Seen) -> bool:
        """Whether something is not where it was; known when all folders were looked at."""
        if seen.identity in self._moved:
            return False
        if seen.identity in self._vacated:
            return True
        if self._is_whole:
            return seen.parent != ROOT and seen.parent not in self._here
        there = self._disk.stat(self._state.path(seen.identity))
        return there is None or there.inode != seen.inode

    def _read(self, found: _Found, identity: Identity) -> None:
        """Note a file or link by what is in it now."""
        try:
            read = self._content(found)
        except ChangedWhileRead:
            self._findings.problems[found.path] = "was written to while it was read"
            return
        except OSError as error:
            self._findings.problems[found.path] = f"cannot be read: {error.strerror or error}"
            return
        except UnicodeError as error:
            self._findings.problems[found.path] = f"cannot be read: {error}"
            return
        known = identity or self._known_by_content(read)
        seen = read._replace(identity=known or self._new_identity())
        if self._offer and seen.kind is Kind.FILE:
            self._offer(found.path, seen, is_new=not known)
        self._note(seen)

    def _content(self, found: _Found) -> Seen:
        sha256, target, stat = "", "", found.stat
        if stat.kind == Kind.LINK:
            target = self._disk.read_link(found.path)
            content = content_of_link(target)
            # It may lead elsewhere since it was listed.
            sha256, stat = content.sha256, stat._replace(size_bytes=content.size_bytes)
        else:
            sha256, stat = self._disk.digest(found.path)
        kind = Kind.LINK if stat.kind == Kind.LINK else Kind.FILE
        modified_ms = milliseconds(stat.mtime_ns)
        read = Seen("", found.parent, found.name, kind, *stat[1:], sha256, target, modified_ms)
        return read._replace(mtime_ns=None) if self._is_doubtful(stat) else read

    def _is_doubtful(self, stat: Stat) -> bool:
        """Whether its time would not tell of an edit, or is none that is noted."""
        is_late = stat.mtime_ns >= self._now_ns - _grain_ns(stat.mtime_ns)
        return is_late or stat.mtime_ns < EARLIEST_NS

    def _known_by_content(self, read: Seen) -> Identity | None:
        """What was elsewhere, with this inode and these bytes, though its time was another."""
        for seen in self._state.seen_with_inode(read.inode):
            is_same = (seen.kind, seen.sha256) == (read.kind, read.sha256)
            if is_same and self._is_missing(seen):
                self._moved.add(seen.identity)
                return seen.identity
        return None

    def _note(self, seen: Seen) -> None:
        if not self._findings.is_other:
            before = self._state.seen(seen.identity)
            self._findings.is_other = before is None or before.entry != seen.entry
        self._findings.noted.append(seen)

    def ended(self) -> Findings:
        """What was found, when all was looked at."""
        gone = self._vacated.keys() - self._here - self._moved
        self._findings.gone = sorted(gone)
        if not self._is_whole:
            # It may have gone to where nobody has named yet, before the look or while it lasts.
            left = gone | (self._vacated.keys() & self._begun)
            is_folder = (self._vacated[each].kind == Kind.FOLDER for each in left)
            self._findings.is_doubtful = any(is_folder)
        self._findings.is_other |= bool(gone)
        return self._findings


def _grain_ns(mtime_ns: int) -> int:
    """How much later an edit may be that leaves a file with this time."""
    return FINER_NS if mtime_ns % 10**9 else COARSEST_NS


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
