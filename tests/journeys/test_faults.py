"""Everything that goes wrong in a data centre, done to a running stack while it works.

A worker is killed in the middle of a job, the broker loses messages and delivers others
several times, S3 answers 503 for a while, PostgreSQL restarts. In the end nothing is lost,
nothing is doubled, and all is done.
"""

import io
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import imageio_ffmpeg
import psycopg2
import pytest
import redis
from celery import Celery
from PIL import Image

from mediashare.embedded import ports
from mediashare.embedded.stack import Plan, Stack
from tests.conftest import SITE_SETTINGS
from tests.journeys.flaky_store import FlakyStore, flaky_store
from tests.newcomer import arrive
from tests.remote import api_client, s3_client, upload
from tests.servers import quiet_console, temporary_home

PATIENCE_SECONDS = 120
QUEUE = "mediashare-interactive"


class Site:
    """The stack with its eyes open: what the database and the bucket say."""

    def __init__(self, stack: Stack, store: FlakyStore, scratch: Path) -> None:
        self.stack, self.store, self.scratch = stack, store, scratch
        self.api: httpx.Client = api_client(stack.url, arrive("alice", env=stack.env))
        self.celery = Celery(broker=stack.settings["CELERY_BROKER_URL"])
        self.random = random.Random(20260101)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        database = psycopg2.connect(self.stack.settings["DATABASE_URL"])
        try:
            with database.cursor() as cursor:
                cursor.execute(query)
                return list(cursor.fetchall())
        finally:
            database.close()

    def one(self, query: str) -> Any:
        return self.rows(query)[0][0]

    def stored(self) -> set[str]:
        settings = self.stack.settings
        s3 = s3_client(
            settings["S3_PUBLIC_ENDPOINT_URL"],
            settings["S3_REGION"],
            self.stack.memory.secrets["s3_admin_key"],
            self.stack.memory.secrets["s3_admin_secret"],
        )
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=settings["RENDITIONS_BUCKET"])
        return {found["Key"] for page in pages for found in page.get("Contents", [])}

    def upload_photos(self, count: int) -> None:
        for _ in range(count):
            upload(self.api, self.photo(), name="photo.jpg")

    def photo(self) -> bytes:
        """A picture that nobody has uploaded yet."""
        noise = Image.frombytes("RGB", (40, 30), self.random.randbytes(40 * 30 * 3))
        file = io.BytesIO()
        noise.resize((1600, 1200)).save(file, "JPEG", quality=90)
        return file.getvalue()

    def all_done(self) -> bool:
        return not self.one("select count(*) from processing_job where state <> 'done'")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    home = temporary_home()
    scratch = home / "scratch"
    scratch.mkdir()
    port = next(port for port in ports.RANGE if ports.is_free(port))
    try:
        with flaky_store(("127.0.0.1", 0)) as store:
            settings = {
                **SITE_SETTINGS,
                "S3_ENDPOINT_URL": store.url,
                "SCRATCH_DIR": str(scratch),
            }
            stack = Stack(
                home, Plan(settings=settings, web_port=port, durable=False), quiet_console(home)
            )
            stack.prepare()
            real = urlsplit(stack.settings["S3_PUBLIC_ENDPOINT_URL"])
            store.upstream = (real.hostname or "", real.port or 0)
            with stack:
                yield Site(stack, store, scratch)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Some seconds that no browser plays as they are, so that they take a while to encode."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    source = "testsrc2=size=1280x720:rate=30:duration=8"
    codec = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p"]
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", source]
    subprocess.run([*ffmpeg, *codec, str(path)], check=True)
    return path.read_bytes()


@pytest.mark.timeout(600)
@pytest.mark.xdist_group("site")
def test_nothing_is_lost_and_nothing_doubled_whatever_fails(site: Site, film: bytes):
    a_worker_is_killed_in_the_middle(site, film)
    the_broker_loses_messages(site)
    messages_come_several_times(site)
    s3_is_out_of_order_for_a_while(site)
    postgres_restarts(site)

    assert_all_is_well(site)


def a_worker_is_killed_in_the_middle(site: Site, film: bytes) -> None:
    upload(site.api, film, name="film.mp4")
    running = "select count(*) from processing_job where kind = 'transcode' and progress > 0"
    until(lambda: site.one(running) == 1)

    site.stack.kill("media")

    site.stack.wait_ready("media")
    until(site.all_done)
    # It was begun twice, by two workers, and finished once.
    assert site.one("select attempts from processing_job where kind = 'transcode'") == 2


def the_broker_loses_messages(site: Site) -> None:
    site.stack.stop_part("interactive")
    site.upload_photos(4)
    broker = redis.Redis.from_url(site.stack.settings["CELERY_BROKER_URL"])
    lost = [key for key in broker.keys(f"{QUEUE}*") if broker.type(key) == b"list"]

    assert broker.delete(*lost) == len(lost) > 0

    site.stack.start_part("interactive")
    until(site.all_done)


def messages_come_several_times(site: Site) -> None:
    # The killed worker's messages are still out; the broker gives them up much later.
    out = messages(site)
    before = site.rows("select id, attempts, ended_at from processing_job order by id")
    site.upload_photos(3)
    for _ in range(3 * site.one("select count(*) from processing_job where kind = 'prepare'")):
        site.celery.send_task("processing.tasks.interactive", queue=QUEUE)
    until(lambda: site.all_done() and messages(site) <= out)

    known = ",".join(f"'{job}'" for job, *_ in before)
    after = site.rows(
        f"select id, attempts, ended_at from processing_job where id in ({known}) order by id"
    )
    assert after == before
    assert site.one("select max(attempts) from processing_job where kind = 'prepare'") == 1


def s3_is_out_of_order_for_a_while(site: Site) -> None:
    site.stack.stop_part("interactive")
    site.upload_photos(4)

    site.store.refuse()
    site.stack.start_part("interactive")
    until(lambda: site.one("select count(*) from processing_job where setbacks > 0") == 4)
    site.store.relent()

    until(site.all_done)
    assert site.store.refusals > 0


def postgres_restarts(site: Site) -> None:
    site.upload_photos(8)

    site.stack.restart("postgres")

    until(site.all_done)


def assert_all_is_well(site: Site) -> None:
    photos, films = 4 + 3 + 4 + 8, 1
    assert site.rows("select kind, state, count(*) from albums_item group by 1, 2 order by 1") == [
        ("photo", "ready", photos),
        ("video", "ready", films),
    ]
    made = [key for (key,) in site.rows("select key from processing_rendition")]
    assert len(made) == len(set(made))
    assert set(made) == site.stored()
    # 1600 pixels wide: 320, 640, 1280 and the picture's own width; the film 320 to 1280.
    assert len(made) == photos * 4 + films * (3 + 1)
    assert list(site.scratch.iterdir()) == []
    used, reserved = site.rows("select used_bytes, reserved_bytes from accounts_user")[0]
    assert used == site.one("select sum(size_bytes) from storage_blob")
    assert reserved == 0


def messages(site: Site) -> int:
    """How many wait for a worker or are with one."""
    broker = redis.Redis.from_url(site.stack.settings["CELERY_BROKER_URL"])
    return broker.llen(QUEUE) + broker.hlen("unacked")


def until(happened: Callable[[], bool]) -> None:
    """Wait until it has happened; the database may be away meanwhile."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if happened():
                return
        except psycopg2.OperationalError:
            pass
        time.sleep(0.2)
    pytest.fail(f"This had not happened after {PATIENCE_SECONDS} s.")
