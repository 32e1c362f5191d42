"""What a folder's page says of albums: the one that follows it, or how to make one."""

from django.urls import reverse

from albums.following import beginning
from sync.protocol.messages import Identity
from sync.server.models import Member
from sync.server.signals import Note


def notes_of(member: Member, place: Identity) -> list[Note]:
    """Nothing for who does not own the folder: the album is another's."""
    if member.role != Member.Role.OWNER:
        return []
    album = beginning.album_of(member.folder, place)
    if album is not None and album.deleted_at is None:
        return [Note(f"Shown as album “{album.title}”", reverse("albums:album", args=[album.pk]))]
    address = reverse("albums:follow", args=[member.folder_id])
    return [Note("Show as album", f"{address}?place={place}" if place else address)]
