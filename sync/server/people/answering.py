"""Pages of who is asked into a folder: by the address in a mail, and by invitation in the list.

Who has the address is asked to sign in or to make an account; reading the mail has proven the
mail address then.
"""

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mediashare.accounts.requests import SignedInRequest
from mediashare.bidi import isolated
from sync.server.models import Invitation
from sync.server.people import inviting

INSIDE = "You are in this folder already."


@never_cache
@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody is asked. One that is over says so, and no more."""
    try:
        found = inviting.behind(token, now=timezone.now())
    except inviting.NoInvitation:
        return render(request, "sync/invitation_over.html", status=404)
    if not request.user.is_authenticated:
        get_adapter().stash_verified_email(request, found.email)
    context = {"invitation": found, "token": token, "section": "folders"}
    return render(request, "sync/invitation.html", context)


@login_required
@require_POST
def answer_by_link(request: SignedInRequest, token: str) -> HttpResponse:
    try:
        found = inviting.behind(token, now=timezone.now())
    except inviting.NoInvitation:
        return render(request, "sync/invitation_over.html", status=404)
    return _answer(request, found)


@login_required
@require_POST
def answer(request: SignedInRequest, invitation_id: UUID) -> HttpResponse:
    try:
        found = inviting.own(request.user, invitation_id, now=timezone.now())
    except inviting.NoInvitation as error:
        raise Http404 from error
    return _answer(request, found)


def _answer(request: SignedInRequest, found: Invitation) -> HttpResponse:
    said = request.POST.get("answer")
    if said == "decline":
        inviting.decline(invitation=found)
        messages.success(
            request, f"You have declined the invitation to “{isolated(found.folder)}”."
        )
    if said != "accept":
        return redirect("sync:folder_list")
    try:
        inviting.accept(invitation=found, user=request.user, now=timezone.now())
        messages.success(request, f"You are in “{isolated(found.folder)}” now.")
    except inviting.AlreadyInside:
        messages.success(request, INSIDE)
    except inviting.NoInvitation:
        return render(request, "sync/invitation_over.html", status=404)
    return redirect("sync:folder", found.folder_id)
