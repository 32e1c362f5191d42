"""A site without workers of its own, and what its database and its buckets say."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg2
import redis
from celery import Celery

from mediashare.embedded.environment import QUEUE_PREFIX
from mediashare.embedded.stack import SERVERS, Plan, Stack
from tests.conftest import SITE_SETTINGS
from tests.journeys.flaky_store import FlakyStore, flaky_store
from tests.newcomer import Reception
from tests.remote import api_client, s3_client
from tests.servers import free_port, quiet_console, temporary_home

PATIENCE_SECONDS = 240


class Site:
    """The running stack behind a flaky store, seen by somebody who may see everything."""

    def __init__(self, stack: Stack, store: FlakyStore) -> None:
        self.stack, self.store = stack, store
        self.settings = stack.settings
        self.reception = Reception(stack.env)
        self.broker = redis.Redis.from_url(
            self.settings["CELERY_BROKER_URL"], decode_responses=True
        )
        self.celery = Celery(broker=self.settings["CELERY_BROKER_URL"])
        self.s3 = s3_client(
            self.settings["S3_PUBLIC_ENDPOINT_URL"],
            self.settings["S3_REGION"],
            stack.memory.secrets["s3_admin_key"],
            stack.memory.secrets["s3_admin_secret"],
        )
        self.renditions = self.settings["RENDITIONS_BUCKET"]
        self.originals = self.settings["ORIGINALS_BUCKET"]

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        database = psycopg2.connect(self.settings["DATABASE_URL"])
        try:
            with database.cursor() as cursor:
                cursor.execute(query, values)
                return list(cursor.fetchall())
        finally:
            database.close()

    def change(self, statement: str, *values: object) -> None:
        database = psycopg2.connect(self.settings["DATABASE_URL"])
        try:
            with database, database.cursor() as cursor:
                cursor.execute(statement, values)
        finally:
            database.close()

    def one(self, query: str, *values: object) -> Any:
        return self.rows(query, *values)[0][0]

    def objects(self, bucket: str, *, but: str = "-") -> dict[str, int]:
        """The sizes of all objects, by key, without those that begin so."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        found = (each for page in pages for each in page.get("Contents", []))
        return {each["Key"]: each["Size"] for each in found if not each["Key"].startswith(but)}

    def read(self, key: str, *, bucket: str = "") -> bytes:
        """What is stored under a key, in the bucket of renditions if no other is named."""
        found = self.s3.get_object(Bucket=bucket or self.renditions, Key=key)
        body: bytes = found["Body"].read()
        return body

    def multiparts(self, bucket: str) -> list[str]:
        return [
            each["Key"] for each in self.s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
        ]

    def queues(self) -> list[str]:
        """The lists of messages that wait for a worker; the broker keeps one for each priority."""
        keys = [str(key) for key in self.broker.keys(f"{QUEUE_PREFIX}*")]
        return [key for key in keys if self.broker.type(key) == "list"]

    def ring(self, lane: str) -> None:
        """Send one message, as if another had come twice."""
        self.send(f"processing.tasks.{lane}", queue=lane)

    def send(self, task: str, *, queue: str) -> None:
        self.celery.send_task(task, queue=QUEUE_PREFIX + queue)


@dataclass(frozen=True)
class Person:
    """Somebody on a site with an API token."""

    id: str
    api: httpx.Client

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """An answer of the API, however often one must ask for it."""
        answers: list[httpx.Response] = []

        def answered() -> bool:
            try:
                answers.append(self.api.request(method, path, **more))
            except httpx.TransportError:
                return False
            return answers[-1].status_code < 500

        until(answered, "an answer of the API")
        answers[-1].raise_for_status()
        return answers[-1].json()


def newcomer(site: Site, name: str) -> Person:
    """A new person on the site."""
    token = site.reception.arrive(name)
    owner = site.one("select id::text from accounts_user where email = %s", f"{name}@example.org")
    return Person(owner, api_client(site.stack.url, token))


@contextmanager
def running_site(**settings: str) -> Iterator[Site]:
    """Servers, web, waiting and timer with short leases, in a home that is removed afterwards."""
    home = temporary_home()
    port = free_port()
    try:
        with flaky_store(("127.0.0.1", 0)) as store:
            plan = Plan(
                parts=(*SERVERS, "web", "waiting", "timer"),
                settings={**SITE_SETTINGS, "S3_ENDPOINT_URL": store.url, **settings},
                web_port=port,
                durable=False,
            )
            stack = Stack(home, plan, quiet_console(home))
            stack.prepare()
            real = urlsplit(stack.settings["S3_PUBLIC_ENDPOINT_URL"])
            store.upstream = (real.hostname or "", real.port or 0)
            with stack:
                site = Site(stack, store)
                try:
                    yield site
                finally:
                    site.reception.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def until(happened: Callable[[], bool], what: str) -> None:
    """Wait until it has happened; the database may be away meanwhile."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if happened():
                return
        except psycopg2.OperationalError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"After {PATIENCE_SECONDS} s still not there: {what}.")


def folder_of(site: Site, name: str) -> Path:
    """A folder in the home of a site."""
    folder = site.stack.home / name
    folder.mkdir(exist_ok=True)
    return folder
