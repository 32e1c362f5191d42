"""Folders: listed, made, and looked through."""

from http import HTTPStatus
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mediashare import listing
from mediashare.accounts.requests import SignedInRequest
from sync.planner.tree import ROOT
from sync.protocol.messages import Folder as FolderState
from sync.server import actions, browsing, damage, permissions, signals
from sync.server.forms import FolderForm, NameForm
from sync.server.models import Act, Folder
from sync.server.people import inviting
from sync.server.views import finding, versions

ACTS_SHOWN = 3


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def folder_list(request: SignedInRequest) -> HttpResponse:
    """What somebody is a member of; a POST makes one more."""
    form = FolderForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = actions.create_folder(owner=request.user, name=form.cleaned_data["name"])
        return redirect("sync:folder", made.folder_id)
    now = timezone.now()
    members = permissions.memberships(request.user).filter(folder__kind=Folder.Kind.FOLDER)
    context = {
        "members": listing.part(
            request, members.order_by("folder__name", "folder__created_at", "pk")
        ),
        "invitations": inviting.addressed_to(request.user, now=now),
        "deleted": permissions.deleted_folders(request.user, now).order_by("-deleted_at"),
        "form": form,
        "section": "folders",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "sync/folder_list.html", context, status=status)


@login_required
@require_safe
def folder(request: SignedInRequest, folder_id: UUID, entry: str = ROOT) -> HttpResponse:
    """What is in a folder, or in one of those inside it; of a file, its versions."""
    member = finding.member(request, folder_id)
    here = finding.entry(folder_id, entry) if entry else None
    if here and not isinstance(here.state, FolderState):
        return versions.page(request, member, here)
    if here and here.is_deleted:
        raise Http404
    listing = browsing.listing(folder_id, entry, after=finding.after(request))
    context = {
        **finding.place(member, here),
        "listing": listing,
        "damaged": damage.among(folder_id, [row.revision for row in listing.rows]),
        "notes": signals.notes(member, entry),
        "acts": Act.objects.open().filter(folder=folder_id).order_by("created_at")[:ACTS_SHOWN],
        "form": NameForm(auto_id="new-%s"),
    }
    return render(request, "sync/folder.html", context)
