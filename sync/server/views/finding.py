"""What views of folders look up first: who asks, and the entry that is meant. Changes nothing."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404

from mediashare.accounts.requests import SignedInRequest
from sync.protocol.messages import File, Identity, Revision
from sync.protocol.messages import Folder as FolderState
from sync.server import browsing, permissions
from sync.server.journal.chosen import get_journal
from sync.server.models import Member


def member(request: SignedInRequest, folder_id: UUID) -> Member:
    """What the asker is in a folder. Raises Http404 for strangers."""
    return permissions.membership(user=request.user, folder_id=folder_id)


def writer(request: SignedInRequest, folder_id: UUID) -> Member:
    """The same, for who may change it. Raises Http404 and PermissionDenied."""
    found = member(request, folder_id)
    if not found.may_write:
        raise PermissionDenied
    return found


def entry(folder_id: UUID, identity: Identity) -> Revision:
    """An entry, also a deleted one. Raises Http404."""
    found = get_journal().entry(folder_id, identity)
    if found is None:
        raise Http404
    return found


def inside(folder_id: UUID, identity: Identity) -> Revision | None:
    """A folder of the tree that is there; None for the root. Raises Http404."""
    if not identity:
        return None
    found = entry(folder_id, identity)
    if not isinstance(found.now, FolderState):
        raise Http404
    return found


def version(folder_id: UUID, identity: Identity, number: int) -> File:
    """What a file was after that change of its own. Raises Http404."""
    lines = get_journal().history(folder_id, identity, before=number + 1, limit=1)
    if not lines or lines[0].number != number or not isinstance(lines[0].after, File):
        raise Http404
    return lines[0].after


def place(member: Member, here: Revision | None) -> dict[str, object]:
    """What every page of a folder shows of where it is."""
    above = browsing.trail(member.folder_id, here) if here else []
    row = browsing.Row(here) if here else None
    return {"member": member, "here": row, "trail": above, "section": "folders"}
