"""What came in parts is read, and what is not what its sender said is given to nobody."""

import hashlib
import tracemalloc
from contextlib import ExitStack, closing
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from mediashare.aws import s3
from sync.client.asking import Asking
from sync.server import sweeping, verifying
from sync.server.models import FolderBlob
from tests.app.sync.syncing import Computer, new_file, sha256
from tests.app.sync.test_bytes import send_in_parts
from tests.people import person
from tests.synced import Synced
from tests.uploading import token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("buckets")]

MIB = 2**20
FILM, OTHER = b"f" * (9 * MIB), b"o" * (9 * MIB)
# So long that the client sends it in two parts; of one, S3 has compared all.
LONG = b"l" * (18 * MIB)


@pytest.fixture
def hers():
    computer = Computer(person("alice"))
    computer.make_folder("Films")
    return computer


def verify():
    return verifying.verify_some(clock=timezone.now)


def changes(computer):
    return computer.get("/changes").json()


def test_what_came_in_parts_and_is_as_it_was_said_is_held_for_good(hers):
    send_in_parts(hers, FILM)
    assert FolderBlob.objects.get().verified_at is None

    tracemalloc.start()
    try:
        assert verify() == 1
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    held = FolderBlob.objects.select_related("blob").get()
    assert held.verified_at is not None
    assert (held.blob.sha256, held.blob.sha256_checked_at is None) == (sha256(FILM), False)
    assert most < 4 * MIB
    assert verify() == 0


def test_what_came_in_one_piece_need_not_be_read(hers):
    hers.send(b"dear bob")
    hers.commit(new_file("notes.txt", b"dear bob"))

    assert FolderBlob.objects.get().verified_at is not None
    assert verify() == 0


def test_other_bytes_than_were_said_are_given_to_nobody_and_asked_for_again(hers):
    send_in_parts(hers, OTHER, said=FILM)
    hers.commit(new_file("film.mp4", FILM))
    assert "lacking" not in changes(hers)

    assert verify() == 1

    assert changes(hers)["lacking"] == [sha256(FILM)]
    located = hers.post("/blobs/addresses", {"sha256": [sha256(FILM)]}).json()
    assert located["addresses"] == [None]
    assert hers.ask(FILM).json()["grants"][0]["grant"] == "multipart"

    send_in_parts(hers, FILM)
    assert "lacking" not in changes(hers)
    assert sweeping.forget_unused(now=timezone.now() + timedelta(days=2)) == 0
    assert verify() == 1
    assert FolderBlob.objects.get().verified_at is not None


def test_bytes_that_are_gone_are_asked_for_again(hers):
    send_in_parts(hers, FILM)
    s3.delete(bucket=settings.ORIGINALS_BUCKET, key=FolderBlob.objects.get().blob.key)

    verify()

    assert changes(hers)["lacking"] == [sha256(FILM)]


def test_what_somebody_reads_nobody_else_does_until_that_is_long_ago(hers):
    send_in_parts(hers, FILM)
    assert verifying._claimed(timezone.now()) is not None

    assert verify() == 0
    assert verifying.verify_some(clock=lambda: timezone.now() + 2 * verifying.LEASE) == 1


def test_who_read_too_slowly_leaves_it_to_others(hers):
    send_in_parts(hers, FILM)
    slow = verifying._claimed(timezone.now())
    assert slow
    FolderBlob.objects.update(read_until=timezone.now() + timedelta(days=1))

    with pytest.raises(verifying.LeaseLost):
        verifying._renew(slow, timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_client_sends_again_what_the_store_has_damaged(live_server, hers, tmp_path):
    with ExitStack() as open_ones:
        token = token_of(hers.user, "sync")
        asking = open_ones.enter_context(closing(Asking(live_server.url, token)))
        laptop, desk = (
            Synced(tmp_path / name, asking, hers.folder_id, open_ones)
            for name in ("laptop", "desk")
        )
        (laptop.root / "film.mp4").write_bytes(LONG)
        laptop.sync()
        damaged = FolderBlob.objects.get(sha256=sha256(LONG)).blob
        s3.delete(bucket=settings.ORIGINALS_BUCKET, key=damaged.key)
        s3.put(
            bucket=settings.ORIGINALS_BUCKET, key=damaged.key, body=OTHER * 2, content_type="a/b"
        )
        assert verify() == 1

        assert laptop.sync() == len(LONG)
        assert laptop.sync() == 0
        desk.sync()

        assert hashlib.sha256(desk.files()["film.mp4"]).hexdigest() == sha256(LONG)
