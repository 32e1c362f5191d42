"""What views of folders look up first: who asks, and the entry that is meant. Changes nothing."""

from collections.abc import Mapping
from uuid import UUID

import msgspec
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from mediashare import listing
from mediashare.accounts.requests import SignedInRequest
from mediashare.bidi import isolated
from sync.protocol.messages import MOST_CHANGES, File, Identity, Revision
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


def owner(request: SignedInRequest, folder_id: UUID) -> Member:
    """The same, for its owner. Raises Http404 and PermissionDenied."""
    found = member(request, folder_id)
    if not found.manages:
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


def picked(request: HttpRequest, name: str) -> list[Identity]:
    """The identities that a form names so, each once, as many as a commit takes.

    Raises Http404 for what is none; an empty one is the root, and left out.
    """
    given = dict.fromkeys(each for each in request.POST.getlist(name) if each)
    try:
        return msgspec.convert(list(given), list[Identity])[:MOST_CHANGES]
    except msgspec.ValidationError as error:
        raise Http404 from error


def start(request: HttpRequest) -> int:
    """Where the wanted page of a list begins."""
    return listing.number(request, "start") or 0


def after(request: HttpRequest) -> str:
    """What the page before the wanted one ended with; empty for the first page."""
    return request.GET.get("after", "")


def said(found: list[Revision]) -> str:
    """As “notes.txt” was, or “7 things were”."""
    return (
        f"“{isolated(found[0].state.name)}” was" if len(found) == 1 else f"{len(found)} things were"
    )


def named(folder_id: UUID, reasons: Mapping[Identity, str]) -> list[tuple[str, str]]:
    """Names of entries, each with a reason."""
    known = {each.entry: each for each in get_journal().entries(folder_id, list(reasons))}
    return [(known[key].state.name if key in known else "", why) for key, why in reasons.items()]


def version(folder_id: UUID, identity: Identity, number: int) -> File:
    """What a file was after that change of its own. Raises Http404."""
    # By its number: a store may have to go back through all that came after it otherwise.
    lines = get_journal().lines(folder_id, [number]) if number < 2**53 else []
    if not lines or lines[0].entry != identity or not isinstance(lines[0].after, File):
        raise Http404
    return lines[0].after


def place(member: Member, here: Revision | None) -> dict[str, object]:
    """What every page of a folder shows of where it is."""
    above = browsing.trail(member.folder_id, here) if here else []
    row = browsing.Row(here) if here else None
    return {"member": member, "here": row, "trail": above, "section": "folders"}
