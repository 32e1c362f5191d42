"""Which albums somebody may keep on computers, and letting them in. Decided here alone.

Only an album's owner: originals go out as they were brought in, with the places in them.
"""

from uuid import UUID

from albums.mirrors import keeping
from albums.models import Album
from mediashare.accounts.models import User
from sync.protocol.folders import FolderSummary


def offers(user: User, after: UUID | None, limit: int) -> list[FolderSummary]:
    """Albums that somebody does not keep yet, and could: so many after one, by identity."""
    albums = Album.objects.kept().filter(owner=user)
    open_ones = albums.exclude(mirror__folder__members__user=user).order_by("pk")
    if after:
        open_ones = open_ones.filter(pk__gt=after)
    return [
        FolderSummary(
            id=str(album.pk),
            name=keeping.name_of(album),
            role="reader",
            owner=user.display_name,
            head=0,
            created_at=album.created_at,
            kind="album",
        )
        for album in open_ones[:limit]
    ]


def let_in(user: User, album_id: UUID) -> bool:
    """Let somebody keep an album, who may. False for all others, and for what is no album."""
    album = Album.objects.kept().filter(owner=user, pk=album_id).select_related("owner").first()
    if album is None:
        return False
    keeping.open_for(user, album)
    return True
