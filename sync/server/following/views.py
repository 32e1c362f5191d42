"""The page on which people choose how they follow their folders, and the link that ends a mail."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mediashare import listing
from mediashare.accounts.models import TroubledAddress
from mediashare.accounts.requests import SignedInRequest
from mediashare.bidi import isolated
from sync.server import permissions
from sync.server.following import choosing
from sync.server.following.forms import MailForm
from sync.server.models import Folder, Member
from sync.server.views import finding


@login_required
@require_safe
def mail(request: SignedInRequest) -> HttpResponse:
    """The folders of somebody, each with how it is followed."""
    members = permissions.memberships(request.user).filter(folder__kind=Folder.Kind.FOLDER)
    context = {
        "members": listing.part(
            request, members.order_by("folder__name", "folder__created_at", "pk")
        ),
        "choices": Member.Mail.choices,
        "trouble": TroubledAddress.objects.standing().of(request.user.email).first(),
    }
    return render(request, "sync/mail.html", context)


@login_required
@require_POST
def choose(request: SignedInRequest, folder_id: UUID) -> HttpResponse:
    member = finding.member(request, folder_id)
    form = MailForm(request.POST)
    if form.is_valid():
        chosen = Member.Mail(form.cleaned_data["mail"])
        choosing.choose(member=member, mail=chosen, now=timezone.now())
        messages.success(request, f"“{isolated(member.folder)}”: {chosen.label.lower()}.")
    else:
        messages.error(request, "There is no such choice.")
    return redirect("sync:mail")


# A mail program posts here by itself, RFC 8058: it is not signed in, and has no form of ours.
# The link is signed, and does this one thing.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, since programs look at links in mails before people do."""
    try:
        member = choosing.behind(token)
    except choosing.NoSuchLink as error:
        raise Http404 from error
    is_done = member is None or member.mail == Member.Mail.NEVER
    if request.method == "POST" and member:
        choosing.choose(member=member, mail=Member.Mail.NEVER, now=timezone.now())
        is_done = True
    context = {"member": member, "is_done": is_done}
    return render(request, "sync/unsubscribe.html", context)
