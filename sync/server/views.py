"""Pages of synced folders: listed, made, looked through; versions of a file, got and put back."""

import uuid
from http import HTTPStatus
from uuid import UUID

import msgspec
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from msgspec.structs import replace

from mediashare.accounts.requests import SignedInRequest
from mediashare.storage import delivery
from sync.planner.tree import ROOT
from sync.protocol.messages import (
    Accepted,
    Author,
    Change,
    Conflict,
    File,
    Identity,
    Refused,
    Revision,
)
from sync.protocol.messages import Folder as FolderState
from sync.server import actions, browsing, permissions
from sync.server.forms import FolderForm
from sync.server.journal import FolderIsBusy
from sync.server.journal.chosen import get_journal
from sync.server.models import FolderBlob, Member

CHANGED = "This file was changed just now. Look at its versions again."
BUSY = "Others are changing this folder just now. Try again in a moment."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def folder_list(request: SignedInRequest) -> HttpResponse:
    """All that somebody is a member of; a POST makes one more."""
    form = FolderForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = actions.create_folder(owner=request.user, name=form.cleaned_data["name"])
        return redirect("sync:folder", made.folder_id)
    members = Member.objects.filter(user=request.user).select_related("folder__owner")
    context = {
        "members": members.order_by("folder__name", "folder__created_at"),
        "form": form,
        "section": "folders",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "sync/folder_list.html", context, status=status)


@login_required
@require_safe
def folder(request: SignedInRequest, folder_id: UUID, entry: str = ROOT) -> HttpResponse:
    """What is in a folder, or in one of those inside it; of a file, its versions."""
    member = permissions.membership(user=request.user, folder_id=folder_id)
    here = _found(folder_id, entry) if entry else None
    if here and not isinstance(here.state, FolderState):
        return _file(request, member, here)
    if here and here.is_deleted:
        raise Http404
    listing = browsing.listing(folder_id, entry, start=_start(request))
    context = {**_place(member, here), "listing": listing}
    return render(request, "sync/folder.html", context)


def _file(request: SignedInRequest, member: Member, here: Revision) -> HttpResponse:
    versions = browsing.versions(member.folder_id, here.entry)
    return render(request, "sync/file.html", {**_place(member, here), "versions": versions})


@login_required
@require_safe
def download(request: SignedInRequest, folder_id: UUID, entry: str, number: int) -> HttpResponse:
    """To the bytes that a file had after one change."""
    member = permissions.membership(user=request.user, folder_id=folder_id)
    state = _version(folder_id, _found(folder_id, entry), number)
    held = FolderBlob.objects.select_related("blob").filter(
        folder=member.folder, sha256=state.sha256
    )
    if (holding := held.first()) is None:
        raise Http404
    return redirect(delivery.original_url(holding.blob.key, name=state.name))


@login_required
@require_POST
def restore(request: SignedInRequest, folder_id: UUID, entry: str, number: int) -> HttpResponse:
    """Put a version back, as one more change: what is there now stays a version too."""
    member = permissions.membership(user=request.user, folder_id=folder_id)
    if not member.may_write:
        raise PermissionDenied
    present = _found(folder_id, entry)
    state = _version(folder_id, present, number)
    after = replace(state, parent=present.state.parent, name=present.state.name)
    change = Change(uuid.uuid4().hex, present.entry, present.number, after)
    _tell(request, _committed(request, member, change))
    return redirect("sync:entry", folder_id, entry)


def _committed(
    request: SignedInRequest, member: Member, change: Change
) -> Accepted | Conflict | Refused | None:
    author = Author(str(request.user.pk), request.user.display_name)
    try:
        committed = actions.commit(
            folder=member.folder, changes=[change], author=author, now=timezone.now()
        )
    except FolderIsBusy:
        return None
    return committed.answers[0]


def _tell(request: SignedInRequest, answer: Accepted | Conflict | Refused | None) -> None:
    if isinstance(answer, Accepted):
        messages.success(request, "The version was put back. The one before it is kept.")
    elif isinstance(answer, Refused):
        messages.error(request, answer.detail)
    else:
        messages.error(request, CHANGED if answer else BUSY)


def _found(folder_id: UUID, entry: str) -> Revision:
    try:
        found = get_journal().entry(folder_id, msgspec.convert(entry, Identity))
    except msgspec.ValidationError as error:
        raise Http404 from error
    if found is None:
        raise Http404
    return found


def _version(folder_id: UUID, revision: Revision, number: int) -> File:
    """What a file was after that change of its own. Raises Http404."""
    journal = get_journal()
    lines = journal.history(folder_id, revision.entry, before=number + 1, limit=1)
    if not lines or lines[0].number != number or not isinstance(lines[0].after, File):
        raise Http404
    return lines[0].after


def _place(member: Member, here: Revision | None) -> dict[str, object]:
    above = browsing.trail(member.folder_id, here) if here else []
    row = browsing.Row(here) if here else None
    return {"member": member, "here": row, "trail": above, "section": "folders"}


def _start(request: SignedInRequest) -> int:
    given = request.GET.get("start", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0
