"""The process that holds waiting clients: real connections, a real Valkey, a real database."""

import asyncio
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from mediashare.accounts.models import ApiToken, User
from mediashare.embedded.home import PROJECT
from mediashare.embedded.programs import serves
from sync.protocol.messages import Author, Change, Folder
from sync.server import actions
from sync.server.journal.chosen import get_journal
from sync.server.models import Folder as SyncFolder
from sync.server.models import Member
from tests.contracts.workers import END_SECONDS, PATIENCE_SECONDS, database_url, wait_for
from tests.loops import run_to_end
from tests.people import person
from tests.servers import free_port
from tests.waiters import Told, wait_for_changes

LONG = 40
AUTHOR = Author("alice", "Alice")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("waiting")]


@dataclass
class Server:
    """The process on its port. It looks every second whether all is as it was."""

    log: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it, unless it runs already."""
        if self.process is not None and self.process.poll() is None:
            return
        settings = {
            "DATABASE_URL": database_url(),
            "SYNC_WAITS_CHECKED_SECONDS": "1",
            "SYNC_WAITS_PER_PERSON": "100",
        }
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "wait", f"--port={self.port}"],
                cwd=PROJECT,
                env={**os.environ, **settings},
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        wait_for(lambda: serves(self.port))

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def server(django_db_setup, tmp_path_factory) -> Iterator[Server]:
    found = Server(tmp_path_factory.mktemp("waiting") / "waiting.log")
    yield found
    if found.process is not None:
        found.process.kill()
        found.process.wait(END_SECONDS)


async def beside(work: Callable[[], object]) -> None:
    """Do something with the database, in a thread that leaves no connection behind."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    await asyncio.to_thread(run)


@dataclass
class Scene:
    """Alice's folder, which Bob reads, and both their computers."""

    server: Server
    folder: SyncFolder
    other: SyncFolder
    alice: User
    bob: User
    tokens: dict[str, str]

    def client(self, who="alice", *, folder=None, since=0, seconds=LONG) -> "asyncio.Task[Told]":
        at = (folder or self.folder).pk
        asked = wait_for_changes(
            self.server.port, at, token=self.tokens[who], since=since, seconds=seconds
        )
        return asyncio.create_task(asked)

    def commit(self, name: str, *, is_announced: bool = True) -> None:
        changes = [Change(uuid.uuid4().hex, uuid.uuid4().hex, 0, Folder("", name))]
        if is_announced:
            actions.commit(folder=self.folder, changes=changes, author=AUTHOR, now=timezone.now())
            return
        get_journal().commit(self.folder.pk, changes, author=AUTHOR, held={}, now=timezone.now())


@pytest.fixture
def scene(server) -> Scene:
    alice, bob = person("alice"), person("bob")
    folder, other = (SyncFolder.objects.create(owner=alice, name=name) for name in ("a", "b"))
    for each in (folder, other):
        Member.objects.create(folder=each, user=alice, role=Member.Role.OWNER)
        Member.objects.create(folder=each, user=bob, role=Member.Role.READER)
    tokens = {"alice": token_of(alice), "bob": token_of(bob)}
    server.start()
    return Scene(server, folder, other, alice, bob, tokens)


def token_of(owner: User) -> str:
    secret = ApiToken.new_secret()
    ApiToken.objects.create(
        owner=owner,
        name="laptop",
        scopes=[ApiToken.Scope.SYNC],
        digest=ApiToken.digest_of(secret),
        hint=secret[-4:],
    )
    return secret


async def full(clients: "list[asyncio.Task[Told]]") -> None:
    """Until one of them is turned away, since all the others of its person are held."""
    [turned], _ = await asyncio.wait(clients, return_when=asyncio.FIRST_COMPLETED)
    assert turned.result().status == 429


def test_two_hundred_who_wait_are_told_of_a_commit_and_others_are_not(scene):
    async def story():
        clients = [scene.client(who) for who in ("alice", "bob") for _ in range(99)]
        other = scene.client(folder=scene.other)
        one_too_many = [scene.client("bob"), scene.client("bob")]
        await full(clients + one_too_many)
        assert not other.done()

        await beside(lambda: scene.commit("summer"))
        told = await asyncio.gather(*clients, *one_too_many)
        assert not other.done()
        other.cancel()
        return told

    told = run_to_end(story())

    assert sorted(each.status for each in told) == 199 * [200] + [429]
    pages = [each.body for each in told if each.status == 200]
    assert all(page == pages[0] for page in pages)
    assert [line["after"]["name"] for line in pages[0]["lines"]] == ["summer"]
    assert pages[0]["head"] == 1


def test_what_nobody_announced_and_who_may_not_wait_any_more_is_found_out(scene):
    async def story():
        with_time = await scene.client(seconds=0)
        alice, bob = scene.client(), scene.client("bob", folder=scene.other)
        lost = scene.client(folder=scene.other)

        await beside(lambda: scene.commit("summer", is_announced=False))
        missed = await alice
        await beside(Member.objects.filter(user=scene.bob, folder=scene.other).delete)
        removed = await bob
        tokens = ApiToken.objects.filter(owner=scene.alice)
        await beside(lambda: tokens.update(revoked_at=timezone.now()))
        return with_time, missed, removed, await lost

    with_time, missed, removed, revoked = run_to_end(story())

    assert (with_time.status, with_time.body) == (200, {"lines": [], "head": 0})
    assert [line["number"] for line in missed.body["lines"]] == [1]
    assert (removed.status, removed.body["type"]) == (404, "/problems/not-found")
    assert (revoked.status, revoked.body["type"]) == (401, "/problems/authentication-failed")


def test_told_to_stop_it_answers_all_and_ends(scene):
    async def story():
        clients = [scene.client() for _ in range(101)]
        await full(clients)
        ended = await asyncio.to_thread(scene.server.stop)
        return await asyncio.gather(*clients), ended

    told, ended = run_to_end(story())

    held = [each for each in told if each.status == 200]
    assert len(held) == 100
    assert all(each.body == {"lines": [], "head": 0} for each in held)
    assert len({each.headers["retry-after"] for each in held}) > 3
    # Uvicorn ends by the signal that it was sent, once it has done what it had to.
    assert ended == -signal.SIGTERM
