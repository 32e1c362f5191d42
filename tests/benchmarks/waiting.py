"""Ten thousand clients that wait in one process: its memory, and how soon a commit is known.

Beside it stands the same with a hundred, which a server with threads could hold as well. The
clients live in this process, on the same machine, so the times are those of both.
"""

import asyncio
import resource
import statistics
import time
from dataclasses import dataclass
from uuid import UUID, uuid4

import psutil
from django.utils import timezone

from mediashare.accounts.models import ApiToken, User
from mediashare.embedded.stack import Stack
from sync.protocol.messages import Author, Change, Folder
from sync.server import actions
from sync.server.models import Folder as SyncFolder
from tests.benchmarks.figures import Figure
from tests.waiters import Told, wait_for_changes

MANY, FEW = 10_000, 100
# Each person has at most so many waiting, and each folder has so many members.
OF_ONE = 100
ROUNDS = 20
WAIT_SECONDS = 50
IDLE_SECONDS = 20


def measure(stack: Stack) -> list[Figure]:
    """What the process of the stack bears; it is started anew for each number of clients."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    few, many = _scene(stack, FEW), _scene(stack, MANY)
    return [
        Figure(
            f"one more of {MANY:,} waiting clients, memory of the process",
            "KiB",
            (many.held_bytes - many.empty_bytes) / MANY / 1024,
            (few.held_bytes - few.empty_bytes) / FEW / 1024,
            f"one of {FEW}",
            f"{many.empty_bytes / 2**20:.0f} MiB without, {many.held_bytes / 2**20:.0f} with",
        ),
        Figure(
            "commit to answer of one who waits, 95th percentile",
            "ms",
            many.alone_ms,
            few.alone_ms,
            f"with {FEW} waiting",
            f"with {MANY:,} waiting elsewhere",
        ),
        Figure(
            f"commit to answer of the {OF_ONE} who wait for one folder, 95th percentile",
            "ms",
            many.together_ms,
            few.together_ms,
            f"with {FEW} waiting",
            f"with {MANY:,} waiting",
        ),
        Figure(
            "share of a processor while all wait",
            "%",
            many.idle_percent,
            max(few.idle_percent, 0.1),
            f"with {FEW} waiting",
            "each asks again every 45 s or so",
        ),
    ]


@dataclass
class Measured:
    """Figures of one number of clients."""

    empty_bytes: int
    held_bytes: int
    idle_percent: float
    alone_ms: float
    together_ms: float


@dataclass(frozen=True)
class Followed:
    """A folder with one member, and the token of that."""

    folder: SyncFolder
    token: str


def _scene(stack: Stack, count: int) -> Measured:
    stack.restart("waiting")
    followed = [folder_of_one() for _ in range(count // OF_ONE)]
    return asyncio.run(_play(stack, followed, folder_of_one()))


def folder_of_one() -> Followed:
    owner = User.objects.create(email=f"{uuid4()}@example.org")
    secret = ApiToken.new_secret()
    ApiToken.objects.create(
        owner=owner,
        name="bench",
        scopes=[ApiToken.Scope.SYNC],
        digest=ApiToken.digest_of(secret),
        hint=secret[-4:],
    )
    return Followed(actions.create_folder(owner=owner, name="bench").folder, secret)


async def _play(stack: Stack, followed: list[Followed], single: Followed) -> Measured:
    process = psutil.Process(stack.pid("waiting"))
    port = stack.memory.ports["waiting"]
    await wait_for_changes(port, single.folder.pk, token=single.token, since=0, seconds=0)
    empty_bytes = process.memory_info().rss
    clients = await _all_waiting(process, port, followed)
    held_bytes = process.memory_info().rss
    before = sum(process.cpu_times()[:2])
    await asyncio.sleep(IDLE_SECONDS)
    idle = (sum(process.cpu_times()[:2]) - before) / IDLE_SECONDS
    alone = [await _round(port, single, known) for known in range(ROUNDS)]
    together = await _storm(followed, clients)
    return Measured(empty_bytes, held_bytes, idle * 100, _p95(alone), _p95(together))


async def _all_waiting(
    process: psutil.Process, port: int, followed: list[Followed]
) -> dict[UUID, list["asyncio.Task[Told]"]]:
    clients: dict[UUID, list[asyncio.Task[Told]]] = {}
    for each in followed:
        waiting = [asyncio.create_task(_until_news(port, each, 0)) for _ in range(OF_ONE)]
        clients[each.folder.pk] = waiting
        await asyncio.sleep(0.1)
    while len(process.net_connections()) < len(followed) * OF_ONE:
        await asyncio.sleep(0.5)
    return clients


async def _until_news(port: int, at: Followed, since: int) -> Told:
    """Wait, and again, as a client does that has nothing else to do."""
    while True:
        told = await wait_for_changes(
            port, at.folder.pk, token=at.token, since=since, seconds=WAIT_SECONDS
        )
        if told.status != 200:
            raise RuntimeError(f"A waiting client was answered {told.status}: {told.body}")
        if told.body["lines"]:
            return told


async def _round(port: int, single: Followed, known: int) -> float:
    client = asyncio.create_task(_until_news(port, single, known))
    await asyncio.sleep(0.3)
    began = await asyncio.to_thread(_commit, single.folder)
    return (await client).at - began


async def _storm(
    followed: list[Followed], clients: dict[UUID, list["asyncio.Task[Told]"]]
) -> list[float]:
    """A commit in each folder, one after the other; how long each client's answer took."""
    took: list[float] = []
    for each in followed:
        began = await asyncio.to_thread(_commit, each.folder)
        told = await asyncio.gather(*clients[each.folder.pk])
        took += [one.at - began for one in told]
    return took


def _commit(folder: SyncFolder) -> float:
    """Change a folder; when that began, by the clock of the event loop."""
    began = time.monotonic()
    entry = uuid4().hex
    change = Change(uuid4().hex, entry, 0, Folder("", entry))
    author = Author(str(folder.owner_id), "bench")
    actions.commit(folder=folder, changes=[change], author=author, now=timezone.now())
    return began


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1] * 1000
