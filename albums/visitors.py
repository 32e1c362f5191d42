"""Who is looking, and the rules for what they see, as conditions for the database.

The rules are here and nowhere else; `albums.permissions` decides who becomes which visitor.
Nothing here asks the database.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from mediashare.accounts.models import User

if TYPE_CHECKING:
    from albums.models import Album, ShareLink

NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Visitor:
    """A signed-in person, or whoever a share link let in. Neither sees nothing."""

    owner_id: UUID | None = None
    album_id: UUID | None = None
    may_download: bool = False
    # Whether this visitor may know where pictures were taken.
    with_place: bool = False

    @classmethod
    def of(cls, viewer: "Viewer") -> "Visitor":
        """A person sees and may do everything with what is theirs."""
        if isinstance(viewer, Visitor):
            return viewer
        if isinstance(viewer, User):
            return cls(owner_id=viewer.pk, may_download=True, with_place=True)
        return cls()

    @classmethod
    def through(cls, link: "ShareLink") -> Self:
        """Whoever holds a live, unlocked link sees one album, and no person's other things."""
        return cls(
            album_id=link.album_id,
            may_download=link.allow_download,
            with_place=link.include_place,
        )

    @property
    def items(self) -> Q:
        """Condition for the items this visitor sees. The owner's trash is among them."""
        if self.owner_id:
            return Q(owner_id=self.owner_id)
        if self.album_id:
            in_shared_album = Q(places__album_id=self.album_id)
            shown = Q(places__album__deleted_at=None, deleted_at=None, behind=None)
            return in_shared_album & shown
        return NOTHING

    @property
    def albums(self) -> Q:
        """Condition for the albums this visitor sees. The owner's trash is among them."""
        if self.owner_id:
            return Q(owner_id=self.owner_id)
        if self.album_id:
            return Q(pk=self.album_id, deleted_at=None)
        return NOTHING

    def sees(self, album: "Album") -> bool:
        """The same rule as `albums`, for one that is at hand."""
        if self.owner_id:
            return self.owner_id == album.owner_id
        return self.album_id == album.pk and album.deleted_at is None


Viewer = Visitor | User | AnonymousUser
