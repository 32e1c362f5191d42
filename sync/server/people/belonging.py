"""What becomes of members: another role, removal, leaving.

Who is out is found nowhere at once: pages, requests and waiting clients ask for the row each time.
Keys to S3 and addresses that were given before hold until they end, an hour at most.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from mediashare.accounts.models import User
from sync.server.models import Folder, FolderEvent, Invitation, Member
from sync.server.people import events, inviting


class NoMember(LookupError):
    """Nobody with this id is in the folder."""


class OwnerStays(Exception):
    """A folder has its owner, whose room it takes; who wants to be rid of it deletes it."""


def others(folder: Folder, user_id: UUID) -> Member:
    """A member who is not the owner. Raises NoMember and OwnerStays."""
    found = Member.objects.select_related("user", "folder").filter(folder=folder, user=user_id)
    member = found.first()
    if member is None:
        raise NoMember
    if member.is_owner:
        raise OwnerStays
    return member


@transaction.atomic
def change_role(*, member: Member, role: Invitation.Role, by: User, now: datetime) -> None:
    """Asking again is harmless. Keys of somebody who now only reads end within the hour."""
    if Member.objects.filter(pk=member.pk).exclude(role=role).update(role=role):
        name = member.user.display_name
        kind = FolderEvent.Kind.ROLE
        events.note(member.folder, kind, by=by, subject=name, outcome=role, now=now)


@transaction.atomic
def end(*, member: Member, by: User, now: datetime) -> None:
    """Remove a member, or have one leave. Their devices keep what they have. Twice is once.

    What was sent to another address of theirs does not let them in again.
    """
    if not Member.objects.filter(pk=member.pk).delete()[0]:
        return
    inviting.withdraw_all(folder=member.folder, user=member.user)
    if by == member.user:
        events.note(member.folder, FolderEvent.Kind.LEFT, by=by, now=now)
    else:
        name = member.user.display_name
        events.note(member.folder, FolderEvent.Kind.REMOVED, by=by, subject=name, now=now)
