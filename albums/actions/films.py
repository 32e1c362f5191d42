"""Films of albums: asking for one, and taking in one that was made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from albums.actions.items import add_item
from albums.models import Album, Item
from mediashare.accounts.models import User
from mediashare.storage import actions as storage
from mediashare.storage.models import Upload
from processing import actions as processing
from processing.models import Job, Rendition
from processing.recipes import film

# A quarter of an hour of film; longer ones are not watched to their end.
MOST_SCENES = 200


def music_of(owner: User) -> QuerySet[Item]:
    """What an owner can put under a film."""
    sounds = Rendition.objects.filter(role=Rendition.Role.AUDIO).values("blob")
    return Item.objects.kept().filter(owner=owner, blob__in=sounds).order_by("name")


@dataclass(frozen=True)
class FilmWish:
    """A film of at most 200 items in their order; it goes into the album if one is named."""

    items: Sequence[Item]
    title: str
    photo_seconds: float
    music: Item | None = None
    album: Album | None = None


@transaction.atomic
def request_film(*, owner: User, wish: FilmWish) -> Job:
    """Ask for a film of an owner's own items."""
    return processing.request_film(
        owner=owner,
        wish=film.Wish(
            blobs=tuple(str(item.blob_id) for item in wish.items[:MOST_SCENES]),
            # One line: a title is drawn, and names a file.
            title=" ".join(wish.title.split()),
            photo_seconds=wish.photo_seconds,
            music=str(wish.music.blob_id) if wish.music else None,
            album=str(wish.album.pk) if wish.album else None,
        ),
    )


@transaction.atomic
def take_film(*, job: Job, now: datetime) -> Item:
    """Make an item of a film that was sent to the store, in the transaction that ends its job."""
    upload = Upload.objects.select_related("owner").get(pk=job.result["upload"])
    album = Album.objects.kept().filter(owner=job.owner, pk=job.arguments["album"]).first()
    blob = storage.settle_upload(upload=upload, sha256=job.result["sha256"], now=now)
    item = add_item(owner=job.owner, blob=blob, name=upload.name, taken_at=now, album=album)
    processing.request_processing(blob=blob, name=upload.name)
    return item
