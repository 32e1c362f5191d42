"""Do single steps of a plan on the disk. Everything that sync changes here, it changes here.

At every moment each path has its old content or its new one, whole. What a step says must be
found before it is looked for at the last moment, and what was there is looked at once more after
it went: whoever wrote in between gets it back. Nothing is removed; it goes to the trash.
Bytes and names are flushed before anything of it is noted, so that notes are never ahead of the
disk. Decides nothing.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress

from msgspec.structs import replace

from sync.client.errors import DiskFull
from sync.client.ports import CannotExchange, ChangedWhileRead, Clock, Disk, Revision, Stat
from sync.client.scan import COARSEST_NS, EARLIEST_NS
from sync.client.state import Seen, State
from sync.client.trash import Trash
from sync.client.wire import content_of_link, milliseconds
from sync.planner.plan import Step
from sync.planner.tree import Content, Entry, Identity, Kind, Place

# A path, and what a `Stat` of it must compare with.
_There = tuple[str, tuple[object, ...]]
MOVED = "the folder that it is in was changed meanwhile"


class NotDone(Exception):
    """A step was left undone, and nothing changed; the text says why."""


class Applier:
    """Does steps HERE, within a transaction of the state."""

    def __init__(
        self,
        disk: Disk,
        state: State,
        trash: Trash,
        clock: Clock,
        *,
        lacking: Collection[str] = (),
    ) -> None:
        """`lacking` are the SHA-256 of contents that the service had, and has not."""
        self._lacking = lacking
        self._disk, self._state, self._trash, self._clock = disk, state, trash, clock
        # The folders that a folder is in with itself, as they must be found, for a batch.
        self._ways: dict[Identity, tuple[_There, ...]] = {}
        # Folders to flush.
        self._touched: set[str] = set()
        # Of a batch: what no record is of, and what is to be noted of new files.
        self._unseen: set[Identity] = set()
        self._free: set[Place] = set()
        self._new: list[Seen] = []
        self._is_edited = False

    @property
    def is_edited(self) -> bool:
        """Whether somebody wrote at the very moment of a step: see `trash.left_in`."""
        return self._is_edited

    def begin(self, steps: Sequence[Step]) -> None:
        """Ask the records for all of a batch: one by one it takes as long as placing them."""
        identities = {step.identity for step in steps}
        places = {step.after.place for step in steps if step.after}
        self._unseen = identities - self._state.seen_of(identities).keys()
        self._free = places - self._state.taken(places)

    def do(self, step: Step, revision: Revision | None, arrived: str = "") -> None:
        """Do one step. `arrived` has the bytes, where it needs some; `note` notes what is seen now.

        `revision` is the entry there; it knows what no tree does. Raises NotDone.
        """
        try:
            self._do(step, revision, arrived)
        except (DiskFull, NotDone):
            raise
        except KeyError as error:
            raise NotDone("the folder that it is in is not here") from error
        except FileExistsError as error:
            raise NotDone("something else has its place") from error
        except OSError as error:
            raise NotDone(error.strerror or str(error)) from error

    def note(self) -> None:
        """Note what was put there since. Who asks the records of a single entry does so first."""
        self._state.note_seen(self._new)
        self._new.clear()

    def flush(self) -> None:
        """Let all names that were given and taken survive a power cut."""
        self._disk.flush(folders=sorted(self._touched | self._trash.folders))
        self._touched.clear()
        self._ways.clear()
        self._trash.folders.clear()

    def _do(self, step: Step, revision: Revision | None, arrived: str) -> None:
        seen = self._seen(step.identity)
        if (seen.entry if seen else None) != step.before:
            raise NotDone("it is not as it was")
        if seen is None:
            self._make(step.identity, _wanted(step), revision, arrived)
        elif step.after is None:
            self._remove(seen)
        elif step.before and step.before.place != step.after.place:
            self._move(seen, step.after)
        else:
            self._replace(seen, step.after, revision, arrived)

    def _seen(self, identity: Identity) -> Seen | None:
        if identity in self._unseen:
            return None
        self.note()
        return self._state.seen(identity)

    def _make(
        self, identity: Identity, wanted: Entry, revision: Revision | None, arrived: str
    ) -> None:
        path = self._path_for(wanted)
        if wanted.kind == Kind.FILE:
            stat = self._prepared(arrived, wanted, revision)
            self._disk.rename_new(arrived, path)
        else:
            stat = self._made(path, wanted, revision)
        self._touch(path)
        self._note(identity, path, wanted, stat, revision)

    def _remove(self, seen: Seen) -> None:
        path, stat = self._unchanged(seen)
        if seen.kind == Kind.FOLDER:
            self._ways.clear()
            self._disk.remove_folder(path)
        else:
            self._must_be_stored(seen)
            self._throw_away(path, stat)
        self._touch(path)
        self._state.forget_seen([seen.identity])

    def _move(self, seen: Seen, wanted: Entry) -> None:
        """What is in a file does not matter for it: whoever is writing goes on writing."""
        self._must_be_in_its_folders(seen.parent)
        path = self._state.path(seen.identity)
        stat = self._disk.stat(path)
        if stat is None or stat[:2] != seen.stat[:2]:
            raise NotDone("it was changed meanwhile")
        target = self._path_for(wanted)
        self._ways.clear()
        self._disk.rename_new(path, target)
        self._touch(path, target)
        self._free.discard(wanted.place)
        self._state.note_seen([seen._replace(parent=wanted.place.parent, name=wanted.place.name)])

    def _replace(self, seen: Seen, wanted: Entry, revision: Revision | None, arrived: str) -> None:
        path, before = self._unchanged(seen)
        if _is_flag_alone(seen, wanted):
            self._disk.set_executable(path, is_executable=not seen.is_executable)
            self._disk.flush(files=[path])
            self._state.note_seen([seen._replace(is_executable=not seen.is_executable)])
            return
        self._must_be_stored(seen)
        slot = self._trash.slot(path)
        if wanted.kind == Kind.FILE:
            self._disk.copy_mode(path, arrived)
            stat = self._prepared(arrived, wanted, revision)
            self._disk.rename_new(arrived, slot)
        else:
            stat = self._made(slot, wanted, revision)
        self._exchange(slot, path, before)
        self._touch(path)
        self._note(seen.identity, path, wanted, stat, revision)

    def _exchange(self, slot: str, path: str, before: Stat) -> None:
        """Give a path what is in a slot, and the slot what was there, which is `before`."""
        placed = self._disk.stat(slot)
        try:
            self._disk.exchange(slot, path)
        except CannotExchange:
            self._throw_away(path, before)
            self._disk.rename_new(slot, path)
            return
        if self._disk.stat(slot) != before:
            self._is_edited = True
            self._give_back(slot, path, placed)
            raise NotDone("it was changed at this moment")

    def _give_back(self, slot: str, path: str, placed: Stat | None) -> None:
        """Put back what somebody wrote just before the exchange, unless they wrote again since."""
        while True:
            back = self._disk.stat(slot)
            try:
                self._disk.exchange(slot, path)
            except FileNotFoundError:
                # Removed by somebody, who saw something else there a moment before.
                self._disk.rename_new(slot, path)
                return
            if self._disk.stat(slot) == placed:
                return
            placed = back

    def _throw_away(self, path: str, before: Stat) -> None:
        slot = self._trash.slot(path)
        self._disk.rename_new(path, slot)
        if self._disk.stat(slot) != before:
            self._is_edited = True
            with suppress(FileExistsError):
                self._disk.rename_new(slot, path)
            raise NotDone("it was changed at this moment")

    def _unchanged(self, seen: Seen) -> tuple[str, Stat]:
        """Where an entry is, if it is still as it was seen."""
        self._must_be_in_its_folders(seen.parent)
        path = self._state.path(seen.identity)
        stat = self._disk.stat(path)
        if stat is None or stat.kind != seen.kind or not self._is_as_seen(seen, path, stat):
            raise NotDone("it was changed meanwhile")
        return path, stat

    def _is_as_seen(self, seen: Seen, path: str, stat: Stat) -> bool:
        if seen.stat == stat:
            return True
        if seen.kind == Kind.LINK:
            return self._disk.read_link(path) == seen.target
        if seen.kind == Kind.FOLDER or seen.is_executable != stat.is_executable:
            return False
        age_ns = int(self._clock.now().timestamp() * 10**9) - stat.mtime_ns
        if 0 <= age_ns < COARSEST_NS:
            # Its time would not tell of another edit right now.
            raise NotDone("it was written to a moment ago")
        try:
            sha256, read = self._disk.digest(path)
        except ChangedWhileRead:
            return False
        return (sha256, read) == (seen.sha256, stat)

    def _must_be_in_its_folders(self, parent: Identity) -> None:
        """No folder on the way may have become a link, or another folder."""
        for path, stat in self._way_to(parent):
            if stat != self._disk.stat(path):
                raise NotDone(MOVED)

    def _way_to(self, folder: Identity) -> tuple[_There, ...]:
        """A folder and all that it is in but the root, innermost first, as they were seen."""
        try:
            unknown = self._state.way_to(folder, self._ways)
        except KeyError as error:
            raise NotDone(MOVED) from error
        way = self._ways.get(unknown[-1].parent if unknown else folder, ())
        for seen in reversed(unknown):
            path = f"{way[0][0]}/{seen.name}" if way else seen.name
            way = self._ways[seen.identity] = ((path, seen.stat), *way)
        return way

    def _must_be_stored(self, seen: Seen) -> None:
        if seen.kind != Kind.FILE:
            return
        if seen.sha256 in self._lacking or not self._state.is_stored(seen.sha256, seen.identity):
            raise NotDone("the service is not known to have what is in it")

    def _path_for(self, wanted: Entry) -> str:
        parent, name = wanted.place.parent, wanted.place.name
        self._must_be_in_its_folders(parent)
        if self._is_taken(wanted.place):
            # It went from there since, and must first be seen to be elsewhere, with all in it.
            raise NotDone("something else was at its place")
        way = self._way_to(parent)
        return f"{way[0][0]}/{name}" if way else name

    def _is_taken(self, place: Place) -> bool:
        if place in self._free:
            return False
        self.note()
        return self._state.seen_at(place.parent, place.name) is not None

    def _prepared(self, arrived: str, wanted: Entry, revision: Revision | None) -> Stat:
        """Give new bytes their flag and time before anybody sees them."""
        content = wanted.content
        known_ns = revision.modified_ms * 10**6 if revision else 0
        now_ns = int(self._clock.now().timestamp() * 10**9)
        latest_ns = now_ns - COARSEST_NS - 1
        mtime_ns = max(EARLIEST_NS, min(known_ns or now_ns, latest_ns))
        self._disk.set_mtime(arrived, mtime_ns)
        stat = self._arrived(arrived, content)
        if content is None or stat.is_executable == content.is_executable:
            return stat
        self._disk.set_executable(arrived, is_executable=content.is_executable)
        return self._arrived(arrived, content)

    def _arrived(self, path: str, content: Content | None) -> Stat:
        stat = self._disk.stat(path)
        if content is None or stat is None or stat.size_bytes != content.size_bytes:
            raise NotDone("its bytes have not all arrived")
        return stat

    def _made(self, path: str, wanted: Entry, revision: Revision | None) -> Stat:
        if wanted.kind == Kind.FOLDER:
            self._disk.make_folder(path)
        else:
            self._disk.make_link(path, _target(revision, wanted))
        stat = self._disk.stat(path)
        if stat is None or stat.kind != wanted.kind:
            raise NotDone("it was changed at this moment")
        return stat

    def _note(
        self, identity: Identity, path: str, wanted: Entry, stat: Stat, revision: Revision | None
    ) -> None:
        """Note what was put there, and not what is there now: that may be more recent."""
        if wanted.kind == Kind.FOLDER:
            self._ways.clear()
        sha256 = wanted.content.sha256 if wanted.content else ""
        target = _target(revision, wanted) if wanted.kind == Kind.LINK else ""
        at, name = wanted.place.parent, path.rpartition("/")[2]
        modified_ms = milliseconds(stat.mtime_ns)
        seen = Seen(identity, at, name, wanted.kind, *stat[1:], sha256, target, modified_ms)
        if wanted.kind == Kind.LINK:
            # It has the time of this moment, which would not tell of an edit in it.
            seen = seen._replace(mtime_ns=None)
        self._unseen.discard(identity)
        self._free.discard(wanted.place)
        self._new.append(seen)
        if wanted.kind == Kind.FOLDER:
            # What is in it asks for the way to it.
            self.note()

    def _touch(self, *paths: str) -> None:
        self._touched.update(path.rpartition("/")[0] for path in paths)


def _wanted(step: Step) -> Entry:
    if step.after is None:
        raise NotDone("it is gone already")
    return step.after


def _is_flag_alone(seen: Seen, wanted: Entry) -> bool:
    before, after = seen.entry.content, wanted.content
    return bool(before and after and replace(after, is_executable=before.is_executable) == before)


def _target(revision: Revision | None, wanted: Entry) -> str:
    if revision is None or content_of_link(revision.target) != wanted.content:
        raise NotDone("where it leads to is not known yet")
    return revision.target
