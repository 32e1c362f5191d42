"""Rows that were written before the present tables: none is lost, and all have a meaning.

A database of its own is brought to what the first release had of each app, filled, and then
migrated as `manage.py migrate` does it.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from albums.models import AlbumItem, Item, ItemWords, ShareLink
from mediashare.storage.models import Blob
from processing.models import Job, Leftover, MediaInfo, Rendition, Track
from processing.queries import outcome_of
from processing.recipes import versions

PAST = "past"
THEN = datetime(2024, 7, 1, 12, tzinfo=UTC)
FIRST_RELEASE = [
    ("accounts", "0001_initial"),
    ("api", "0002_whole_answers"),
    ("storage", "0002_clearing_and_doom"),
    ("processing", "0002_setbacks"),
    ("albums", "0001_initial"),
]


@pytest.fixture(scope="module")
def migrated(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The database `past`, once it has been migrated to the present."""
    name = f"{connection.settings_dict['NAME']}_past"
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        connections.settings[PAST] = {**connections.settings["default"], "NAME": name}
        try:
            _migrate_with_rows()
            yield
        finally:
            # It goes with its server: see `--reuse-db` in pyproject.toml.
            connections[PAST].close()
            del connections[PAST], connections.settings[PAST]


def _migrate_with_rows() -> None:
    executor = MigrationExecutor(connections[PAST])
    executor.migrate(FIRST_RELEASE)
    Library(executor.loader.project_state(FIRST_RELEASE).apps).fill()
    executor = MigrationExecutor(connections[PAST])
    ours = {app for app, _ in FIRST_RELEASE} | {"archives"}
    executor.migrate([leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] in ours])


class Library:
    """What alice and bob had, written by the models of that time."""

    def __init__(self, apps: Any) -> None:
        self._apps = apps
        self.alice = self._add("accounts.User", email="alice@example.org", used_bytes=5000)
        self.bob = self._add("accounts.User", email="bob@example.org", quota_bytes=10**9)

    def fill(self) -> None:
        beach = self._ready(self.alice, "beach.jpg", "photo")
        album = self._add("albums.Album", owner=self.alice, title="Summer", cover=beach)
        self._add("albums.AlbumItem", album=album, item=beach, position=1)
        self._add("albums.ShareLink", album=album, password_hash="hash", view_count=7)
        waves = self._ready(self.bob, "waves.mp4", "video")
        self._job(waves.blob, "transcode", "done")
        self._rendition(waves.blob, "video", "video-720")
        half = self._ready(self.bob, "half.mp4", "video", state="processing")
        self._job(half.blob, "transcode", "waiting", attempts=2, setbacks=3, due_at=THEN)
        odd = self._item(self.alice, "odd.bin", "file", state="failed", reason="Because.")
        self._job(odd.blob, "prepare", "failed", reason="Because.", detail="of this")
        fresh = self._item(self.bob, "fresh.jpg", "file")
        lease = {"lease": uuid.uuid4(), "lease_until": THEN, "worker": "host:1"}
        self._job(fresh.blob, "prepare", "running", attempts=1, **lease)

    def _ready(self, owner: Any, name: str, kind: str, **fields: object) -> Any:
        item = self._item(owner, name, kind, **{"state": "ready", "width": 3000, **fields})
        self._add(
            "processing.MediaInfo",
            blob=item.blob,
            kind=kind,
            format="any",
            width=3000,
            height=2000,
            latitude=38.7,
            longitude=-9.1,
            camera="Nikon F3",
            taken_at=THEN,
        )
        self._rendition(item.blob, "image", "image-640")
        self._job(item.blob, "prepare", "done", ended_at=THEN)
        return item

    def _item(self, owner: Any, name: str, kind: str, **fields: object) -> Any:
        blob = self._add(
            "storage.Blob",
            owner=owner,
            key=f"originals/{name}",
            size_bytes=5000,
            sha256=name.ljust(64, "0"),
            content_type="any/thing",
        )
        return self._add(
            "albums.Item", owner=owner, blob=blob, name=name, kind=kind, taken_at=THEN, **fields
        )

    def _rendition(self, blob: Any, role: str, recipe: str) -> None:
        key = f"renditions/{blob.pk}/{recipe}-v1"
        size = {"width": 640, "height": 427, "size_bytes": 1000}
        fields = {"role": role, "recipe": recipe, "version": 1, "content_type": "any/thing"}
        self._add("processing.Rendition", blob=blob, key=key, **size, **fields)

    def _job(self, blob: Any, kind: str, state: str, **fields: object) -> None:
        self._add("processing.Job", blob=blob, kind=kind, state=state, **fields)

    def _add(self, model: str, **fields: object) -> Any:
        return self._apps.get_model(model).objects.using(PAST).create(**fields)


pytestmark = [
    # One database of the past for all of them.
    pytest.mark.xdist_group("migrations"),
    pytest.mark.usefixtures("migrated"),
    # Tests that say so come before those with a browser, beside which Django refuses to work.
    pytest.mark.django_db(databases=["default", PAST]),
]


def item(name: str) -> Item:
    return Item.objects.using(PAST).select_related("blob").get(name=name)


def jobs_of(name: str) -> list[Job]:
    return list(Job.objects.using(PAST).filter(blob=item(name).blob))


def test_no_item_blob_or_place_in_an_album_is_lost():
    assert Blob.objects.using(PAST).count() == 5
    items = Item.objects.using(PAST).values_list("name", "state", "width").order_by("name")
    assert list(items) == [
        ("beach.jpg", "ready", 3000),
        ("fresh.jpg", "processing", 0),
        ("half.mp4", "processing", 3000),
        ("odd.bin", "failed", 0),
        ("waves.mp4", "ready", 3000),
    ]
    (place,) = AlbumItem.objects.using(PAST).select_related("album", "item")
    assert (place.album.title, place.album.cover_id) == ("Summer", place.item_id)


def test_nobody_has_corrected_or_stacked_what_was_there_before():
    beach = item("beach.jpg")

    assert (beach.corrected, beach.keywords, beach.description) == ([], [], "")
    assert (beach.behind_id, beach.taken_at) == (None, THEN)


def test_each_item_can_be_found_by_its_words():
    assert ItemWords.objects.using(PAST).count() == 5


def test_a_link_given_away_before_tells_no_place():
    link = ShareLink.objects.using(PAST).get()

    assert (link.allow_download, link.include_place) == (True, False)
    assert (link.password_hash, link.view_count) == ("hash", 7)


def test_each_job_has_the_owner_of_its_blob_and_a_lane():
    jobs = Job.objects.using(PAST).select_related("blob")

    assert {job.kind for job in jobs} == {"prepare"}
    assert len(jobs) == 5
    for job in jobs:
        assert job.owner_id == job.original.owner_id
        assert (job.lane, job.turn, job.part, job.pieces) == ("interactive", 0, "", 1)
        assert (job.version, job.standing, job.arguments, job.result) == (0, "", {}, {})


def test_a_job_is_as_far_as_it_was():
    (done,), (failed,), (running,) = map(jobs_of, ("beach.jpg", "odd.bin", "fresh.jpg"))

    assert (done.state, done.ended_at) == ("done", THEN)
    assert (failed.state, failed.reason, failed.detail) == ("failed", "Because.", "of this")
    assert (running.state, running.attempts, running.worker) == ("running", 1, "host:1")


def test_what_a_worker_had_then_is_free():
    now = THEN + timedelta(seconds=1)

    claimed = Job.objects.using(PAST).abandoned(now)

    assert [job.pk for job in claimed] == [jobs_of("fresh.jpg")[0].pk]


def test_facts_stay_and_what_was_not_asked_then_is_unknown():
    info = MediaInfo.objects.using(PAST).get(blob=item("beach.jpg").blob)

    assert (info.camera, info.latitude, info.taken_at) == ("Nikon F3", 38.7, THEN)
    assert (info.phash, info.place, info.privacy, info.keywords) == (None, "", {}, [])


def test_pictures_stay_and_whole_videos_are_let_go_of_while_open_pages_show_them():
    recipes = Rendition.objects.using(PAST).values_list("recipe", flat=True)
    left = Leftover.objects.using(PAST).values_list("key", flat=True)

    assert list(recipes) == ["image-640"] * 3
    assert list(left) == [f"renditions/{item('waves.mp4').blob_id}/video-720-v1"]


def test_videos_have_no_stream_yet_and_everything_is_looked_at_anew():
    ended = Job.objects.using(PAST).filter(state__in=["done", "failed"])
    old = ended.filter(kind="prepare", version__lt=versions.of("prepare"))

    assert not Track.objects.using(PAST).exists()
    assert {job.blob_id for job in old} == {
        item(name).blob_id for name in ("beach.jpg", "waves.mp4", "half.mp4", "odd.bin")
    }


@pytest.mark.parametrize(
    ("name", "state"),
    [("beach.jpg", "ready"), ("waves.mp4", "ready"), ("half.mp4", "ready"), ("odd.bin", "failed")],
)
def test_no_job_that_is_gone_keeps_an_item_waiting(name, state):
    assert outcome_of(jobs_of(name)).state == state
