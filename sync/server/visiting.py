"""Who is let into a folder by a link, and what is seen then. Decided here alone."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase

from mediashare.sharing import addresses, locks
from mediashare.sharing.addresses import ShareNotFound
from sync.planner.tree import ROOT, Identity
from sync.protocol.messages import Revision
from sync.server.journal.chosen import get_journal
from sync.server.models import FolderLink

SALT = "sync.folder.address"


@dataclass(frozen=True)
class Sight:
    """Something that a link shows, and the folders above it that it shows too, outermost first.

    Without `here` it is the whole folder.
    """

    here: Revision | None
    above: list[Revision]


def token_of(link: FolderLink) -> str:
    """The secret in a link's address."""
    return addresses.token_of(link.pk, salt=SALT)


def find_link(token: str, now: datetime) -> FolderLink:
    """The live link of an address, with its folder and owner.

    Raises ShareNotFound, ShareRevoked or ShareExpired; only who holds a genuine address learns
    which.
    """
    link_id = addresses.id_in(token, salt=SALT)
    links = FolderLink.objects.select_related("folder__owner")
    link = links.filter(pk=link_id, folder__deleted_at=None, folder__owner__is_active=True).first()
    if link is None:
        raise ShareNotFound
    link.expect_open(now)
    return link


def look(link: FolderLink, session: SessionBase, entry: Identity) -> Sight:
    """What a link shows at an entry, or at its beginning for none.

    Raises ShareIsLocked, and ShareNotFound for what is elsewhere or gone.
    """
    locks.expect_unlocked(session, link)
    at = entry or link.entry
    here = _there(link, at) if at else None
    above: list[Revision] = []
    seen = here
    while seen is not None and seen.entry != link.entry:
        if seen.state.parent == ROOT:
            if link.entry:
                raise ShareNotFound
            break
        seen = _there(link, seen.state.parent)
        above.append(seen)
    return Sight(here, above[::-1])


def _there(link: FolderLink, entry: Identity) -> Revision:
    found = get_journal().entry(link.folder_id, entry)
    if found is None or found.is_deleted:
        raise ShareNotFound
    return found
