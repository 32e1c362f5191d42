"""Somebody is asked into a folder by mail, and answers. Nothing here knows of HTTP.

The mail holds an address that is signed and ends; its row goes with the answer. Who has proven the
mail address that was asked finds the invitation without the mail too.
"""

import uuid
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction
from django.db.models.functions import Lower

from mediashare.accounts.models import User
from sync.server.models import Folder, FolderEvent, Invitation, Member
from sync.server.models.people import InvitationQuerySet
from sync.server.people import events, letters

# What one person may send in a day: invitations go to strangers too.
MOST_A_DAY = 50
# What of these one address may get.
MOST_TO_ONE = 5

_signer = signing.Signer(salt="sync.invitation", sep=".")


class TooManyInvitations(Exception):
    """This person has sent as many as a day allows, in all or to this address."""


class AlreadyInside(Exception):
    """Whoever is asked is a member."""


class NoInvitation(LookupError):
    """Nobody is asked: forged, answered, withdrawn or too late."""


def invite(
    *, folder: Folder, email: str, role: Invitation.Role, by: User, now: datetime
) -> Invitation:
    """Ask somebody in. Asking the same address again sends another mail; the link before is void.

    Raises TooManyInvitations, AlreadyInside, and mediashare.accounts.posting.CannotSend: nobody is
    asked then.
    """
    with transaction.atomic():
        # One after the other, or many at once would all be the first by the count.
        own = Member.objects.select_for_update(no_key=True).filter(user=by).order_by("pk")
        list(own.values_list("pk"))
        sent = FolderEvent.objects.filter(
            actor=by, kind=FolderEvent.Kind.INVITED, at__gt=now - timedelta(days=1)
        )
        to_them = sent.filter(subject__iexact=email)
        if sent.count() >= MOST_A_DAY or to_them.count() >= MOST_TO_ONE:
            raise TooManyInvitations
        if Member.objects.filter(folder=folder, user__email__iexact=email).exists():
            raise AlreadyInside
        Invitation.objects.filter(folder=folder, email__iexact=email).delete()
        made = Invitation.objects.create(
            folder=folder,
            email=email,
            role=role,
            invited_by=by,
            created_at=now,
            expires_at=now + Invitation.LIFETIME,
        )
        events.note(folder, FolderEvent.Kind.INVITED, by=by, subject=email, outcome=role, now=now)
        letters.send_invitation(made, token=token_of(made))
    return made


def withdraw(*, invitation: Invitation) -> None:
    """Its link opens nothing any more."""
    invitation.delete()


def withdraw_all(*, folder: Folder, user: User) -> None:
    """Nothing that was sent to an address of theirs lets them into this folder any more."""
    _to_addresses_of(user).filter(folder=folder).delete()


def token_of(invitation: Invitation) -> str:
    """What stands in its address; for whoever reads the mail alone."""
    return _signer.sign(invitation.pk.hex)


def behind(token: str, *, now: datetime) -> Invitation:
    """The invitation of an address. Raises NoInvitation."""
    try:
        invitation_id = uuid.UUID(hex=_signer.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NoInvitation from error
    return _open(Invitation.objects.filter(pk=invitation_id), now)


def addressed_to(user: User, *, now: datetime) -> InvitationQuerySet:
    """The invitations to the mail addresses that somebody has proven."""
    return _to_addresses_of(user).open(now).select_related("folder__owner", "invited_by")


def own(user: User, invitation_id: uuid.UUID, *, now: datetime) -> Invitation:
    """One of these. Raises NoInvitation."""
    return _open(addressed_to(user, now=now).filter(pk=invitation_id), now)


@transaction.atomic
def accept(*, invitation: Invitation, user: User, now: datetime) -> Member:
    """Be a member from now on. Raises NoInvitation and AlreadyInside; of two at once, for one."""
    held = _open(Invitation.objects.select_for_update(of=("self",)).filter(pk=invitation.pk), now)
    if Member.objects.filter(folder=held.folder_id, user=user).exists():
        raise AlreadyInside
    joined = Member.objects.create(folder=held.folder, user=user, role=held.role, created_at=now)
    events.note(held.folder, FolderEvent.Kind.JOINED, by=user, outcome=held.role, now=now)
    held.delete()
    return joined


def decline(*, invitation: Invitation) -> None:
    """Whoever asked is not told; the invitation is simply gone."""
    invitation.delete()


def forget_old(*, now: datetime) -> int:
    """Delete invitations that are over; how many."""
    return Invitation.objects.filter(expires_at__lte=now).delete()[0]


def _to_addresses_of(user: User) -> InvitationQuerySet:
    proven = EmailAddress.objects.filter(user=user, verified=True)
    return Invitation.objects.annotate(address=Lower("email")).filter(
        address__in=proven.values(lowered=Lower("email"))
    )


def _open(some: InvitationQuerySet, now: datetime) -> Invitation:
    found = some.open(now).select_related("folder__owner", "invited_by").first()
    if found is None:
        raise NoInvitation
    return found
