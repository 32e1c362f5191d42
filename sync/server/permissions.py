"""Who may do what in a folder. Decided here alone."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from mediashare.accounts.models import User
from mediashare.api.problems import Problem
from sync.server import signals
from sync.server.models import Folder, Member


class MayNotManage(Problem):
    def __init__(self) -> None:
        super().__init__(403, "owners-only", "Only the owner of this folder may do that.")


class MayNotWrite(Problem):
    def __init__(self, folder: Folder) -> None:
        detail = "You may read this folder, and not change it. Its owner can make you an editor."
        if folder.kind == Folder.Kind.ALBUM:
            detail = "This folder shows an album, and is read only. Change the album on the site."
        super().__init__(403, "read-only", detail)


def membership(*, user: User, folder_id: UUID) -> Member:
    """What somebody is in a folder. Raises Http404 for strangers, who learn nothing of it."""
    found = memberships(user).filter(folder=folder_id).first()
    if found is None and signals.lets_in(user, folder_id):
        found = memberships(user).filter(folder=folder_id).first()
    if found is None:
        raise Http404
    return found


def memberships(user: User) -> QuerySet[Member]:
    """All folders that somebody is in."""
    return Member.objects.inside().select_related("folder__owner").filter(user=user)


def deleted_folder(*, user: User, folder_id: UUID, now: datetime) -> Folder:
    """A folder that its owner may still bring back. Raises Http404."""
    found = deleted_folders(user, now).filter(pk=folder_id).first()
    if found is None:
        raise Http404
    return found


def deleted_folders(user: User, now: datetime) -> QuerySet[Folder]:
    """All that somebody owns, has deleted, and may still bring back."""
    return Folder.objects.deleted(now).filter(owner=user)


def insiders(*, folders: Collection[UUID], people: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Which of these may read which of those: pairs of folder and person. One query."""
    members = Member.objects.inside().filter(folder__in=folders, user__in=people)
    return set(members.values_list("folder_id", "user_id"))


def writer(*, user: User, folder_id: UUID) -> Member:
    """The same, for who may change it. Raises Http404 and MayNotWrite."""
    member = membership(user=user, folder_id=folder_id)
    if not member.may_write:
        raise MayNotWrite(member.folder)
    return member


def manager(*, user: User, folder_id: UUID) -> Member:
    """The same, for its owner. Raises Http404 and MayNotManage."""
    member = membership(user=user, folder_id=folder_id)
    if not member.manages:
        raise MayNotManage
    return member
