"""The album page of an album with 10,000 items, under load, against the same server's health page.

The health page does nothing but answer, so the ratio says how much of the server's speed is
left when a page of the album is read from the database, its addresses signed and the HTML written.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from albums.models import Album, AlbumItem, Item
from albums.ordering import GAP
from mediashare.accounts.models import User
from mediashare.storage.models import Blob
from processing.models import MediaInfo, Rendition
from tests.benchmarks import load
from tests.benchmarks.figures import Figure

ITEMS = 10_000
CONNECTIONS = 4
WIDTHS = (320, 640, 1280, 2560)


def measure(*, site: str) -> list[Figure]:
    owner = User.objects.create_user("albums@example.org")
    album = make_album(owner, items=ITEMS)
    client = Client()
    client.force_login(owner)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    page = site + reverse("albums:album", args=[album.pk])
    load.ask(page, cookie=cookie, connections=CONNECTIONS, requests=40)
    ours = load.ask(page, cookie=cookie, connections=CONNECTIONS, requests=400)
    limit = load.ask(f"{site}/healthz", connections=CONNECTIONS, requests=2000)
    return [
        Figure(
            f"album page, {ITEMS:,} items",
            "pages/s",
            ours.per_second,
            limit.per_second,
            "/healthz of the same process",
            f"p50 {ours.p50_ms:.0f} ms, p99 {ours.p99_ms:.0f} ms, {CONNECTIONS} connections",
        ),
        Figure(
            "album page, p99",
            "ms",
            ours.p99_ms,
            limit.p99_ms,
            "/healthz of the same process",
            "lower is better",
        ),
    ]


def make_album(owner: User, *, items: int) -> Album:
    """An album of rows that point at bytes that are not there: no page fetches them."""
    album = Album.objects.create(owner=owner, title="Ten thousand")
    blobs = Blob.objects.bulk_create(
        Blob(
            owner=owner,
            key=f"originals/bench/{number}",
            size_bytes=3_000_000,
            content_type="image/jpeg",
        )
        for number in range(items)
    )
    MediaInfo.objects.bulk_create(
        MediaInfo(blob=blob, kind="photo", format="jpeg", width=4032, height=3024) for blob in blobs
    )
    Rendition.objects.bulk_create(
        (
            Rendition(
                blob=blob,
                role=Rendition.Role.IMAGE,
                recipe=f"image-{width}",
                version=1,
                key=f"renditions/{blob.pk}/image-{width}-v1.jpg",
                content_type="image/jpeg",
                width=width,
                height=width * 3 // 4,
                size_bytes=width * 100,
            )
            for blob in blobs
            for width in WIDTHS
        ),
        batch_size=5000,
    )
    noon = datetime(2025, 6, 1, 12, tzinfo=UTC)
    made = Item.objects.bulk_create(
        Item(
            owner=owner,
            blob=blob,
            name=f"IMG_{number:05}.jpg",
            kind="photo",
            state=Item.State.READY,
            width=4032,
            height=3024,
            thumbhash="1QcSHQRnh493V4dIh4eXh1h4kJUI",
            taken_at=noon + timedelta(minutes=number),
        )
        for number, blob in enumerate(blobs)
    )
    AlbumItem.objects.bulk_create(
        AlbumItem(album=album, item=item, position=number * GAP) for number, item in enumerate(made)
    )
    # The database's own housekeeping does this within a minute of so many new rows.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return album
