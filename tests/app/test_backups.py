"""A backup is taken of a site at work, the site is destroyed, and all that was in it is back."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from albums.models import Item
from mediashare.accounts.models import User
from mediashare.aws import buckets as stores
from mediashare.aws import s3
from mediashare.embedded import backups
from mediashare.storage.models import Blob
from processing.models import Rendition
from sync.client.asking import Asking
from sync.server import copying
from sync.server.models import Folder
from tests.app.sync.syncing import Computer
from tests.people import person
from tests.synced import Synced
from tests.uploading import Sender, client_of, token_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    before, settings.BACKUP_DIR = settings.BACKUP_DIR, str(tmp_path / "backup")
    yield tmp_path / "backup"
    settings.BACKUP_DIR = before


@pytest.fixture
def alice() -> User:
    return person("alice")


def photo(owner: User, name: str) -> Blob:
    """One that came in by the API, with a rendition."""
    sender = Sender(client_of(owner), name.encode() * 100, name=name).begun().send()
    assert sender.complete().status_code == 201
    blob = Item.objects.get(name=name).blob
    key = default_storage.save(f"renditions/{blob.pk}/image-640.jpg", ContentFile(b"smaller"))
    Rendition.objects.create(
        blob=blob,
        role=Rendition.Role.IMAGE,
        recipe="image-640",
        version=1,
        key=key,
        content_type="image/jpeg",
        width=640,
        height=480,
        size_bytes=7,
    )
    return blob


def destroy(buckets) -> None:
    """The database, and everything in both buckets."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    for name in (buckets.originals, buckets.renditions):
        stores.empty_bucket(buckets.store, name)


def restore() -> str:
    said = StringIO()
    call_command("restore_backup", over_what_is_there=True, stdout=said)
    return said.getvalue()


def lacking() -> list[str]:
    """What the database speaks of and the buckets do not have."""
    spoken = [
        *(
            (settings.ORIGINALS_BUCKET, *row)
            for row in Blob.objects.values_list("key", "size_bytes")
        ),
        *(
            (settings.RENDITIONS_BUCKET, *row)
            for row in Rendition.objects.values_list("key", "size_bytes")
        ),
    ]
    assert spoken
    stored = {
        (bucket, *each)
        for bucket in (settings.ORIGINALS_BUCKET, settings.RENDITIONS_BUCKET)
        for each in s3.sizes(bucket=bucket, prefix="")
    }
    return [each[1] for each in spoken if each not in stored]


def test_what_was_in_a_backup_survives_database_and_buckets(
    live_server, alice, buckets, place, tmp_path
):
    folder_id = Computer(alice).make_folder("Papers")
    with ExitStack() as open_ones:
        asking = open_ones.enter_context(closing(Asking(live_server.url, token_of(alice, "sync"))))
        laptop, desk = (
            Synced(tmp_path / name, asking, folder_id, open_ones) for name in ("laptop", "desk")
        )
        blob = photo(alice, "beach.jpg")
        said_of_it = s3.head(bucket=buckets.originals, key=blob.key)
        (laptop.root / "notes.txt").write_text("dear bob")
        laptop.sync()
        desk.sync()
        call_command("back_up", stdout=StringIO())
        (laptop.root / "late.txt").write_text("after the backup")
        laptop.sync()
        photo(alice, "late.jpg")

        destroy(buckets)
        restore()
        (desk.root / "anew.txt").write_text("with a number that was given before")
        desk.sync()
        laptop.sync()
        desk.sync()

        assert lacking() == []
        assert [each.name for each in Item.objects.all()] == ["beach.jpg"]
        assert Item.objects.get().blob.renditions.get().recipe == "image-640"
        assert s3.head(bucket=buckets.originals, key=blob.key).metadata == said_of_it.metadata
        assert set(laptop.files()) == set(desk.files()) == {"notes.txt", "late.txt", "anew.txt"}


def test_folders_come_back_to_where_the_bucket_knows_them(
    live_server, alice, buckets, place, tmp_path
):
    folder_id = Computer(alice).make_folder("Papers")
    with ExitStack() as open_ones:
        asking = open_ones.enter_context(closing(Asking(live_server.url, token_of(alice, "sync"))))
        laptop = Synced(tmp_path / "laptop", asking, folder_id, open_ones)
        (laptop.root / "notes.txt").write_text("dear bob")
        laptop.sync()
        call_command("back_up", stdout=StringIO())
        (laptop.root / "late.txt").write_text("after the backup")
        laptop.sync()
        copying.copy_due()

        assert restore().endswith(f"{folder_id}: Papers, 1 changes\n")
        assert laptop.sync() == 0
        assert lacking() == []
        assert Folder.objects.get().pk.hex == str(folder_id).replace("-", "")


def test_old_backups_go_with_what_only_they_speak_of(alice, buckets, place, settings):
    blob = photo(alice, "beach.jpg")
    now = timezone.now()
    first = backups.back_up(place, now=now - timedelta(days=settings.BACKUP_DAYS + 1))
    assert (place / "objects" / "originals" / blob.key).exists()
    Item.objects.all().delete()
    Blob.objects.all().delete()
    s3.delete(bucket=buckets.originals, key=blob.key)

    second = backups.back_up(place, now=now)

    assert backups.names(place) == [second]
    assert not (place / f"{first}.dump").exists()
    assert not (place / "objects" / "originals" / blob.key).exists()


def test_nothing_is_lost_by_asking(alice, buckets, place):
    photo(alice, "beach.jpg")
    call_command("back_up", stdout=StringIO())

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("restore_backup")
    with pytest.raises(CommandError, match="has no whole backup yesterday"):
        call_command("restore_backup", "yesterday", over_what_is_there=True)

    assert Item.objects.count() == 1
