"""What was deleted from a folder, brought back; and how long that is possible."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mediashare import listing
from mediashare.accounts.requests import SignedInRequest
from sync.server import trash as gone
from sync.server.acts import doing
from sync.server.forms import HistoryForm
from sync.server.journal.chosen import get_journal
from sync.server.models import Act, Folder, Member
from sync.server.views import finding
from sync.server.views.acts import tell


@login_required
@require_safe
def trash(request: SignedInRequest, folder_id: UUID) -> HttpResponse:
    """What was deleted, the latest first."""
    member = finding.member(request, folder_id)
    before = listing.number(request, "before")
    context = {
        **finding.place(member, None),
        "page": gone.page(member.folder, before=before, now=timezone.now()),
        "is_first": before is None,
        "form": HistoryForm(initial={"days": member.folder.kept_days}),
    }
    return render(request, "sync/trash.html", context)


@login_required
@require_POST
def restorations(request: SignedInRequest, folder_id: UUID) -> HttpResponse:
    """Bring back what was picked: with a folder, what went with it."""
    member = finding.writer(request, folder_id)
    picked = finding.picked(request, "entry")
    found = [each for each in get_journal().entries(folder_id, picked) if each.is_deleted]
    if found:
        done = doing.begin(
            folder=member.folder,
            user=request.user,
            kind=Act.Kind.RESTORATION,
            wanted={"entries": [each.entry for each in found]},
            now=timezone.now(),
        )
        tell(request, done, f"{finding.said(found)} put back.")
    else:
        messages.info(request, "Select something first.")
    return redirect("sync:trash", folder_id)


@login_required
@require_POST
def history(request: SignedInRequest, folder_id: UUID) -> HttpResponse:
    """Say how long what was is kept. Its owner may, since it counts on the owner."""
    member = finding.member(request, folder_id)
    if member.role != Member.Role.OWNER:
        raise PermissionDenied
    form = HistoryForm(request.POST)
    if form.is_valid():
        days = form.cleaned_data["days"]
        Folder.objects.filter(pk=folder_id).update(history_days=days)
        messages.success(request, f"What was is kept for {days} days.")
    else:
        messages.error(request, "Between one day and ten years.")
    return redirect("sync:trash", folder_id)
