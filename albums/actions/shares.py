"""Share links: giving an album away by address, and taking it back."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from albums.models import Album, ShareLink


@transaction.atomic
def share_album(  # noqa: PLR0913  # What a link is, field by field.
    *,
    album: Album,
    label: str = "",
    password: str = "",
    expires_at: datetime | None = None,
    allow_download: bool = True,
    include_place: bool = False,
) -> ShareLink:
    """Make a link; without a password whoever has it may enter, without an end for ever."""
    link = ShareLink(
        album=album,
        label=label,
        expires_at=expires_at,
        allow_download=allow_download,
        include_place=include_place,
    )
    link.set_password(password)
    link.save()
    return link


def revoke_share(*, link: ShareLink) -> None:
    """Close a link for good. Asking again keeps the first time."""
    link.revoke(now=timezone.now())


def note_view(*, link: ShareLink, now: datetime) -> None:
    """Count one visit. The caller decides what a visit is."""
    link.note_view(now=now)
