"""The page of a folder's people: who is in it, who is asked, and what its owner may do about it."""

from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from mediashare import listing
from mediashare.accounts.posting import CannotSend
from mediashare.accounts.requests import SignedInRequest
from mediashare.bidi import isolated
from sync.server.models import Invitation, Member
from sync.server.people import belonging, inviting
from sync.server.people.forms import InvitationForm, RoleForm
from sync.server.views import finding

TOO_MANY = (
    f"{inviting.MOST_A_DAY} invitations a day are the most, and {inviting.MOST_TO_ONE} to one"
    " address. Go on tomorrow."
)
INSIDE = "Somebody with this address is in the folder already."
NOT_SENT = "The mail could not be sent, so nobody was invited. Try again in a while."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: SignedInRequest, folder_id: UUID) -> HttpResponse:
    """The members; for the owner, who is asked too, and a form that asks one more."""
    is_asking = request.method == "POST"
    member = (finding.owner if is_asking else finding.member)(request, folder_id)
    form = InvitationForm(request.POST if is_asking else None)
    if form.is_valid() and _invite(request, member, form):
        return redirect("sync:people", folder_id)
    members = Member.objects.filter(folder=folder_id).select_related("user")
    context = {
        "member": member,
        "members": listing.part(request, members.order_by("created_at", "pk")),
        # Fewer than there may be members.
        "invitations": [] if finding.start(request) else _invitations(member),
        "form": form,
        "roles": Invitation.Role.choices,
        "trash_days": settings.TRASH_DAYS,
        "section": "folders",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "sync/people.html", context, status=status)


@login_required
@require_POST
def withdraw(request: SignedInRequest, folder_id: UUID, invitation_id: UUID) -> HttpResponse:
    member = finding.owner(request, folder_id)
    found = get_object_or_404(Invitation, pk=invitation_id, folder=member.folder_id)
    inviting.withdraw(invitation=found)
    messages.success(request, f"The invitation of {found.email} opens nothing any more.")
    return redirect("sync:people", folder_id)


@login_required
@require_POST
def role(request: SignedInRequest, folder_id: UUID, user_id: UUID) -> HttpResponse:
    member = finding.owner(request, folder_id)
    changed = _other(member, user_id)
    form = RoleForm(request.POST)
    if form.is_valid():
        belonging.change_role(
            member=changed,
            role=Invitation.Role(form.cleaned_data["role"]),
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, f"{isolated(changed.user.display_name)} has another role now.")
    else:
        messages.error(request, "A member is an editor or a reader.")
    return redirect("sync:people", folder_id)


@login_required
@require_POST
def removal(request: SignedInRequest, folder_id: UUID, user_id: UUID) -> HttpResponse:
    """Somebody is removed by the owner, or leaves."""
    member = finding.member(request, folder_id)
    if user_id != member.user_id:
        member = finding.owner(request, folder_id)
    gone = _other(member, user_id)
    belonging.end(member=gone, by=request.user, now=timezone.now())
    if user_id == member.user_id:
        messages.success(
            request, f"You have left “{isolated(member.folder)}”. What you have of it stays."
        )
        return redirect("sync:folder_list")
    messages.success(request, f"{isolated(gone.user.display_name)} is no longer in this folder.")
    return redirect("sync:people", folder_id)


def _invite(request: SignedInRequest, member: Member, form: InvitationForm) -> bool:
    """Whether it was sent; otherwise the form says why not."""
    email = form.cleaned_data["email"]
    try:
        inviting.invite(
            folder=member.folder,
            email=email,
            role=Invitation.Role(form.cleaned_data["role"]),
            by=request.user,
            now=timezone.now(),
        )
    except inviting.TooManyInvitations:
        form.add_error(None, TOO_MANY)
    except inviting.AlreadyInside:
        form.add_error("email", INSIDE)
    except CannotSend:
        form.add_error(None, NOT_SENT)
    else:
        messages.success(request, f"{email} is invited.")
    return not form.errors


def _invitations(member: Member) -> list[Invitation]:
    """Addresses of who is asked concern the owner alone."""
    if not member.is_owner:
        return []
    return list(Invitation.objects.open(timezone.now()).filter(folder=member.folder_id))


def _other(member: Member, user_id: UUID) -> Member:
    try:
        return belonging.others(member.folder, user_id)
    except belonging.NoMember as error:
        raise Http404 from error
    except belonging.OwnerStays as error:
        raise PermissionDenied from error
