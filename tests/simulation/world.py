"""Some devices, the people at them, and all that can happen to them. Everything from one seed."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from unittest.mock import patch

from sync.client import departures, root
from sync.client.engine import Copy, Engine, Report
from sync.client.engine import World as Ports
from sync.client.errors import SyncStopped
from sync.client.ignore import OWN_FOLDER
from sync.client.state import State
from sync.client.trees import Trees
from sync.planner.disk import MACOS, held
from sync.planner.focus import focused
from sync.planner.names import is_parked
from sync.planner.tree import ROOT, Kind, Tree, path_of
from tests.simulation.disk import Node, SimulatedDisk
from tests.simulation.network import Datacentre, SimulatedService, SimulatedStore

NAMES = ["a", "b", "c.txt", "C.txt", "d.tar.gz", "é"]
TARGETS = ["a", "../b", "/etc", "é"]
MOST_ROUNDS = 30
# Every so manieth plan is compared with one of everything, which takes longer than the rest.
COMPARED = 8
FOLDER_NAME = "f" * 32


class Crash(BaseException):
    """The client is killed, or the power is cut."""

    def __init__(self, *, is_power: bool) -> None:
        super().__init__()
        self.is_power = is_power


@dataclass(frozen=True)
class Faults:
    """How often what goes wrong, in one world: most worlds have some of them only."""

    crash: float = 0.0
    network: float = 0.0
    delay: float = 0.0
    double: float = 0.0
    meddle: float = 0.0
    overtake: float = 0.0
    forget: float = 0.0
    full: float = 0.0
    jump: float = 0.0


NO_FAULTS = Faults()


def some_faults(random: Random) -> Faults:
    """A mixture, so that each fault is met alone, in company, and not at all."""

    def rate(most: float) -> float:
        return random.random() * most if random.random() < 0.5 else 0.0

    return Faults(
        rate(0.02), rate(0.1), rate(0.1), rate(0.1), rate(0.05), rate(0.03), rate(0.1), rate(0.1),
        rate(0.1),
    )  # fmt: skip


class World:
    def __init__(self, seed: int, faults: Faults | None = None) -> None:
        self.random = Random(seed)
        # Of its own, so that worlds stay what they were.
        self.looks = Random(seed)
        self._backups = Random(seed)
        # How often a file is sent before anybody waits for it; in worlds without a name alone.
        self.ahead = 0.7 if _sends_ahead(seed) else 0.0
        self.is_healing = False
        self.faults = NO_FAULTS
        self.far = Datacentre()
        self.delayed: list[Callable[[], object]] = []
        self.trace: list[str] = []
        self.made: set[bytes] = set()
        self.retired: set[bytes] = set()
        self._time_ms = 1_795_000_000_000
        self._contents = 0
        names = ["alice", "bob", "carol"][: self.random.randint(2, 3)]
        self.devices = [Device(name, self) for name in names]
        for _ in range(self.random.randint(0, 6)):
            self.devices[0].add()
        for device in self.devices:
            device.sync()
        self.faults = faults or some_faults(self.random)

    def now(self) -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self._time_ms)

    def now_ns(self) -> int:
        return self._time_ms * 10**6

    def pass_time(self, most_ms: int) -> None:
        self._time_ms += self.random.randint(0, most_ms)

    def strikes(self, rate: float) -> bool:
        return rate > 0 and self.random.random() < rate

    def new_identity(self) -> str:
        return f"{self.random.getrandbits(128):032x}"

    def new_content(self) -> bytes:
        """Of one length, so that only reading tells contents apart; a few are empty."""
        if self.random.random() < 0.03:
            return b""
        self._contents += 1
        content = b"%08d" % self._contents
        self.made.add(content)
        return content

    def live(self) -> None:
        """Some days of all of them."""
        is_restored = self._backups.random() < 0.1
        for _ in range(self.random.randint(1, 4)):
            if is_restored:
                self._back_up_or_restore()
            for device in self.devices:
                for _ in range(self.random.randint(0, 4)):
                    device.disturb()
            if self.strikes(self.faults.jump):
                self._time_ms += self.random.randint(-(10**7), 10**7)
            for device in self.random.sample(self.devices, len(self.devices)):
                if self.strikes(self.faults.forget):
                    device.forget()
                device.disk.is_full = self.strikes(self.faults.full)
                device.sync()
                self._deliver(0.3)

    def _back_up_or_restore(self) -> None:
        """The service's journal, not its bytes, at any moment between two syncs."""
        if self._backups.random() < 0.5:
            self.far.back_up()
        else:
            self.far.restore()
            self.trace.append("the journal was restored")

    def heal(self) -> None:
        """Nothing fails any more, and everybody syncs until nothing is left to do."""
        self.faults, self.is_healing = NO_FAULTS, True
        self._deliver(1.0)
        for device in self.devices:
            device.disk.is_full = False
        for _ in range(MOST_ROUNDS):
            self.pass_time(10**4)
            reports = [device.sync() for device in self.devices]
            if all(each and not (each.done or each.left) for each in reports):
                return
        left = [each and each.left for each in reports]
        raise AssertionError(f"After {MOST_ROUNDS} rounds: {left}")

    def _deliver(self, rate: float) -> None:
        waiting, self.delayed = self.delayed, []
        for arrive in waiting:
            if self.random.random() < rate:
                arrive()
            else:
                self.delayed.append(arrive)

    def happen(self, device: "Device", what: str) -> None:
        """Time passes at each operation, and with it comes whatever comes."""
        self.trace.append(f"{self._time_ms} {device.name}: {what}")
        self._time_ms += self.random.randint(0, 20)
        faults = self.faults
        if faults is NO_FAULTS:
            return
        if self.strikes(faults.crash):
            raise Crash(is_power=self.random.random() < 0.5)
        if self.strikes(faults.meddle):
            self.random.choice([device, *self.devices]).disturb()
        if self.strikes(faults.overtake):
            other = self.random.choice(self.devices)
            if not other.is_busy:
                other.sync()


class Device:
    def __init__(self, name: str, world: World) -> None:
        self.name, self.world = name, world
        self.is_busy = False
        # What the system tells of since the last look; None when it is not known.
        self.named: set[str] | None = None
        self.disk = SimulatedDisk(
            self.tick,
            world.now_ns,
            exchanges=world.random.random() < 0.8,
            ignores_case=world.random.random() < 0.15,
        )
        self._ports = Ports(
            self.disk,
            SimulatedService(world, self),
            SimulatedStore(world, self),
            world,
            world.new_identity,
        )
        self.state = SimulatedState(self.tick)
        root.mark(self.disk, FOLDER_NAME)

    def tick(self, what: str) -> None:
        if self.is_busy:
            self.world.happen(self, what)

    # What the client does.

    def sync(self) -> Report | None:
        """One run of the program; None when it did not end well."""
        engine = Engine(Copy(FOLDER_NAME, self.name), self.state, self._ports)
        is_short = not self.world.is_healing and self.world.looks.random() < 0.5
        named, self.named = self.named if is_short else None, set()
        self.is_busy = True
        try:
            return engine.sync(answer=True, named=named)
        except Crash as crash:
            self.world.trace.append(f"{self.name}: crash")
            self.named = None
            if crash.is_power:
                self.disk.cut_power(self.world.random)
            return None
        except SyncStopped as error:
            self.world.trace.append(f"{self.name}: {error!r}")
            self.named = None
            return None
        finally:
            self.is_busy = False
            self.must_be_whole()

    def forget(self) -> None:
        """The client's records are lost."""
        self.state = SimulatedState(self.tick)
        self.named = None

    def must_be_whole(self) -> None:
        """No path ever has anything but a content that somebody gave it."""
        known = self.world.made | {b""}
        torn = [path for path, node in self.files() if node.data not in known]
        assert not torn, f"Torn on {self.name}: {torn}"
        astray = self.state.astray()
        assert not astray, f"In no folder that was seen on {self.name}: {astray}"

    # What a person does.

    def disturb(self) -> None:
        """One thing that somebody does to files."""
        before = len(self.world.trace)
        doing = self.world.random.choice(
            [
                self.add,
                self._edit,
                self._edit,
                self._edit,
                self._move,
                self._move,
                self._remove,
                self._flag,
                self._lead,
            ]
        )
        doing()
        self.world.trace.insert(before, f"{self.name}: {doing.__name__}")

    def everything(self) -> list[tuple[str, Node]]:
        """All but the client's own."""
        return [(path, node) for path, node in self.disk.walk() if path.split("/")[0] != OWN_FOLDER]

    def files(self) -> list[tuple[str, Node]]:
        return [(path, node) for path, node in self.everything() if node.kind == Kind.FILE]

    def add(self) -> None:
        path, random = self._free_path(), self.world.random
        if path is None or self.disk.is_full:
            return
        self._tell(path)
        # Somebody else may be quicker, with this place or its folder.
        if random.random() < 0.4:
            with suppress(FileExistsError, FileNotFoundError):
                self.disk.make_folder(path)
        elif random.random() < 0.1:
            with suppress(FileExistsError, FileNotFoundError):
                self.disk.make_link(path, random.choice(TARGETS))
        elif (files := self.files()) and random.random() < 0.15:
            self.disk.save(path, random.choice(files)[1].data, in_place=True)
        else:
            self.disk.save(path, self.world.new_content(), in_place=True)

    def _edit(self) -> None:
        if files := self.files():
            path, node = self.world.random.choice(files)
            self._tell(path)
            self.world.retired.add(node.data)
            in_place = self.world.random.random() < 0.5
            self.disk.save(path, self.world.new_content(), in_place=in_place)

    def _lead(self) -> None:
        links = [path for path, node in self.everything() if node.kind == Kind.LINK]
        if links:
            path = self.world.random.choice(links)
            self._tell(path)
            self.disk.lead(path, self.world.random.choice(TARGETS))

    def _move(self) -> None:
        target, everything = self._free_path(), self.everything()
        if target is None or not everything:
            return
        source, _ = self.world.random.choice(everything)
        if not f"{target}/".startswith(f"{source}/"):
            self._tell(source, target)
            self.disk.rename(source, target)

    def _remove(self) -> None:
        if everything := self.everything():
            path, _ = self.world.random.choice(everything)
            self._tell(path)
            for below, node in everything:
                if f"{below}/".startswith(f"{path}/"):
                    self.world.retired.add(node.data)
            self.disk.drop(path)

    def _flag(self) -> None:
        if files := self.files():
            path, node = self.world.random.choice(files)
            self._tell(path)
            node.runs = not node.runs

    def _tell(self, *paths: str) -> None:
        """As the system does who watches."""
        if self.named is not None:
            self.named.update(paths)

    def _free_path(self) -> str | None:
        random = self.world.random
        folders = ["", *(path for path, node in self.everything() if node.kind == Kind.FOLDER)]
        folder, name = random.choice(folders), random.choice(NAMES)
        path = f"{folder}/{name}" if folder else name
        return None if self.disk.find(path) else path


def must_be_right(world: World) -> None:
    """All are the same, and of all that was ever made, what nobody gave up is there."""
    entries = {key: each.entry for key, each in world.far.tree().items() if each.entry}
    for device in world.devices:
        expected: Tree = entries
        if device.disk.ignores_case:
            _, seen, _ = device.state.trees()
            expected, _ = held(entries, seen, MACOS)
        here = {path: _shown(node) for path, node in device.everything()}
        assert here == _by_path(expected), f"{device.name} differs"
    current = {
        world.far.blobs[entry.content.sha256]
        for entry in entries.values()
        if entry.kind == Kind.FILE and entry.content
    }
    lost = world.made - world.retired - current
    assert not lost, f"Lost: {sorted(lost)}"
    assert not any(is_parked(entry.place.name) for entry in entries.values())


def _by_path(tree: Tree) -> dict[str, tuple[Kind, str, bool]]:
    return {
        "/".join(path_of(tree, identity)): (
            entry.kind,
            entry.content.sha256 if entry.content else "",
            bool(entry.content and entry.content.is_executable),
        )
        for identity, entry in tree.items()
    }


def _shown(node: Node) -> tuple[Kind, str, bool]:
    if node.kind == Kind.FOLDER:
        return node.kind, "", False
    return node.kind, hashlib.sha256(node.data).hexdigest(), node.runs


class SimulatedState(State):
    """Records that survive everything once a transaction has ended, and may end before."""

    def __init__(self, tick: Callable[[str], None]) -> None:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.deserialize(_empty())
        super().__init__(connection)
        self._tick = tick
        self._plans = 0

    def different(self) -> tuple[Trees, int]:
        """Now and then compared with how it is meant."""
        part, elsewhere = super().different()
        self._plans += 1
        if self._plans % COMPARED:
            return part, elsewhere
        whole = self.trees()
        unwanted = self.unwanted()
        assert focused(*part, unwanted) == focused(*whole, unwanted)
        assert elsewhere + _files(part[0]) == _files(whole[0])
        return part, elsewhere

    def astray(self) -> list[str]:
        """What was seen in a folder that was not."""
        query = (
            "select name from seen where parent not in (select identity from seen union select ?)"
        )
        return [name for (name,) in self._db.execute(query, (ROOT,))]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._tick("begin to note")
        with super().transaction():
            yield
            self._tick("end noting")


@cache
def _empty() -> bytes:
    """Records of nothing: making their tables takes as long as many a sync."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    State(connection)
    return connection.serialize()


def _files(tree: Tree) -> int:
    return sum(entry.kind != Kind.FOLDER for entry in tree.values())


def play(seed: int, faults: Faults | None = None) -> World:
    """A whole world, from its beginning to its good end."""
    most = departures.MOST_AHEAD if _sends_ahead(seed) else 0
    with patch.object(departures, "MOST_AHEAD", most):
        world = World(seed, faults)
        world.live()
        world.heal()
    must_be_right(world)
    return world


def _sends_ahead(seed: int) -> bool:
    """Two worlds of seven: those that have names in `test_world` stay what they were."""
    return seed % 7 in {2, 6}
