"""The people of folders, in the protocol's words."""

from typing import Any
from uuid import UUID

import msgspec
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from mediashare.accounts.posting import CannotSend
from mediashare.api.idempotency import idempotent
from mediashare.api.problems import Problem
from sync.protocol import people
from sync.server.api.asking import Malformed, SyncView, after, answer, read
from sync.server.models import Folder, Invitation, Member
from sync.server.people import belonging, inviting

NOTHING = 204
MEMBERS_AT_ONCE = 500


class TooManyInvitations(Problem):
    wait = 3600

    def __init__(self) -> None:
        detail = (
            f"{inviting.MOST_A_DAY} invitations a day are the most, and {inviting.MOST_TO_ONE} to"
            " one address. Go on tomorrow."
        )
        super().__init__(429, "too-many-invitations", detail)


class AlreadyInside(Problem):
    def __init__(self) -> None:
        super().__init__(409, "already-inside", "They are in this folder already.")


class OwnerStays(Problem):
    def __init__(self) -> None:
        detail = "A folder has its owner. Who wants to be rid of it deletes it."
        super().__init__(409, "owner-stays", detail)


class MailNotSent(Problem):
    wait = 60

    def __init__(self) -> None:
        detail = "The mail could not be sent, so nobody was invited. Try again later."
        super().__init__(503, "mail-not-sent", detail)


class FolderPeople(SyncView):
    def get(self, request: Request, folder_id: UUID) -> HttpResponse:
        """Who is in a folder, a page of them; for its owner, with addresses and who is asked."""
        member = self.member(folder_id)
        since = after(request)
        members = Member.objects.filter(folder=folder_id).select_related("user").order_by("user_id")
        if since:
            members = members.filter(user__gt=since)
        found = list(members[: MEMBERS_AT_ONCE + 1])
        page = sorted(found[:MEMBERS_AT_ONCE], key=lambda each: each.created_at)
        asked = Invitation.objects.open(timezone.now()).filter(folder=folder_id)
        return answer(
            people.People(
                [_summary(each, told_to=member) for each in page],
                # All with the first page: there are no more than are asked in two weeks.
                [_asked(each) for each in asked] if member.is_owner and not since else [],
                str(found[-2].user_id) if len(found) > MEMBERS_AT_ONCE else "",
            )
        )


class FolderMember(SyncView):
    def patch(self, request: Request, folder_id: UUID, user_id: UUID) -> HttpResponse:
        """Give a member another role."""
        member = _other(self.manager(folder_id), user_id)
        role = Invitation.Role(read(request, people.NewRole).role)
        belonging.change_role(member=member, role=role, by=self.asker(), now=timezone.now())
        member.role = Member.Role(role)
        return answer(_summary(member, told_to=self.member(folder_id)))

    def delete(self, request: Request, folder_id: UUID, user_id: UUID) -> HttpResponse:
        """Remove a member, or leave."""
        member = self.member(folder_id)
        if user_id != member.user_id:
            member = self.manager(folder_id)
        belonging.end(member=_other(member, user_id), by=self.asker(), now=timezone.now())
        return HttpResponse(status=NOTHING)


class FolderInvitations(SyncView):
    @idempotent()
    def post(self, request: Request, folder_id: UUID) -> Response:
        """Ask somebody in, by mail. Asking the same address again sends another mail."""
        folder = self.manager(folder_id).folder
        wish = read(request, people.NewInvitation)
        try:
            validate_email(wish.email)
        except ValidationError as error:
            raise Malformed(ValueError("email is no mail address")) from error
        made = self._invite(folder, wish)
        return Response(msgspec.to_builtins(_asked(made)), status=201)

    def _invite(self, folder: Folder, wish: people.NewInvitation) -> Invitation:
        try:
            return inviting.invite(
                folder=folder,
                email=wish.email,
                role=Invitation.Role(wish.role),
                by=self.asker(),
                now=timezone.now(),
            )
        except inviting.TooManyInvitations as error:
            raise TooManyInvitations from error
        except inviting.AlreadyInside as error:
            raise AlreadyInside from error
        except CannotSend as error:
            raise MailNotSent from error


class FolderInvitation(SyncView):
    def delete(self, request: Request, folder_id: UUID, invitation_id: UUID) -> HttpResponse:
        """Withdraw an invitation: its link opens nothing any more."""
        folder = self.manager(folder_id).folder
        inviting.withdraw(invitation=get_object_or_404(Invitation, pk=invitation_id, folder=folder))
        return HttpResponse(status=NOTHING)


class InvitationList(SyncView):
    def get(self, request: Request) -> HttpResponse:
        """What you are asked into: to addresses that you have proven."""
        found = inviting.addressed_to(self.asker(), now=timezone.now())
        return answer(people.ReceivedInvitations([_received(each) for each in found]))


class InvitationDetail(SyncView):
    def delete(self, request: Request, invitation_id: UUID) -> HttpResponse:
        """Decline."""
        inviting.decline(invitation=_own(self, invitation_id))
        return HttpResponse(status=NOTHING)


class InvitationAcceptance(SyncView):
    def post(self, request: Request, invitation_id: UUID) -> HttpResponse:
        """Be a member from now on."""
        asked = _own(self, invitation_id)
        try:
            member = inviting.accept(invitation=asked, user=self.asker(), now=timezone.now())
        except inviting.NoInvitation as error:
            raise Http404 from error
        except inviting.AlreadyInside as error:
            raise AlreadyInside from error
        return answer(_summary(member, told_to=member))


def _own(view: SyncView, invitation_id: UUID) -> Invitation:
    try:
        return inviting.own(view.asker(), invitation_id, now=timezone.now())
    except inviting.NoInvitation as error:
        raise Http404 from error


def _other(member: Member, user_id: UUID) -> Member:
    try:
        return belonging.others(member.folder, user_id)
    except belonging.NoMember as error:
        raise Http404 from error
    except belonging.OwnerStays as error:
        raise OwnerStays from error


def _summary(member: Member, *, told_to: Member) -> people.MemberSummary:
    role: Any = member.role
    return people.MemberSummary(
        user=str(member.user_id),
        name=member.user.display_name,
        role=role,
        joined_at=member.created_at,
        email=member.user.email if told_to.is_owner else "",
    )


def _asked(invitation: Invitation) -> people.Asked:
    role: Any = str(invitation.role)
    return people.Asked(
        id=str(invitation.pk),
        email=invitation.email,
        role=role,
        invited_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )


def _received(invitation: Invitation) -> people.ReceivedInvitation:
    role: Any = str(invitation.role)
    return people.ReceivedInvitation(
        id=str(invitation.pk),
        folder=str(invitation.folder_id),
        folder_name=invitation.folder.name,
        role=role,
        invited_by=invitation.invited_by.display_name,
        expires_at=invitation.expires_at,
    )
