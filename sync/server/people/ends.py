"""Pages by which an owner renames a folder, deletes it, and brings it back."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from mediashare.accounts.requests import SignedInRequest
from mediashare.bidi import isolated
from sync.server import permissions
from sync.server.forms import FolderForm
from sync.server.people import lifetime
from sync.server.views import finding


@login_required
@require_POST
def rename(request: SignedInRequest, folder_id: UUID) -> HttpResponse:
    member = finding.owner(request, folder_id)
    form = FolderForm(request.POST)
    if form.is_valid():
        name = form.cleaned_data["name"]
        lifetime.rename(folder=member.folder, name=name, by=request.user, now=timezone.now())
        messages.success(request, "Renamed. On computers the folder keeps the place it has.")
    else:
        messages.error(request, "A folder needs a name: one line of at most 100 letters.")
    return redirect("sync:people", folder_id)


@login_required
@require_POST
def delete(request: SignedInRequest, folder_id: UUID) -> HttpResponse:
    """Whoever meant it has said so by its name."""
    member = finding.owner(request, folder_id)
    if request.POST.get("name", "").strip() != member.folder.name:
        messages.error(request, "Nothing was deleted: that is not the folder's name.")
        return redirect("sync:people", folder_id)
    lifetime.delete(folder=member.folder, by=request.user, now=timezone.now())
    messages.success(
        request, f"“{isolated(member.folder)}” is deleted. You can bring it back below."
    )
    return redirect("sync:folder_list")


@login_required
@require_POST
def restore(request: SignedInRequest, folder_id: UUID) -> HttpResponse:
    now = timezone.now()
    folder = permissions.deleted_folder(user=request.user, folder_id=folder_id, now=now)
    lifetime.restore(folder=folder, by=request.user, now=now)
    messages.success(request, f"“{isolated(folder)}” is back, with all its people.")
    return redirect("sync:folder", folder_id)
