"""One file: its versions, got and put back."""

import uuid
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from msgspec.structs import replace

from mediashare.accounts.requests import SignedInRequest
from mediashare.storage import delivery
from sync.protocol.messages import Accepted, Author, Change, Conflict, File, Refused, Revision
from sync.server import actions, browsing, damage
from sync.server.journal import FolderIsBusy
from sync.server.models import Folder, FolderBlob, Member
from sync.server.previews import preview_of
from sync.server.views import finding

CHANGED = "This file was changed just now. Look at its versions again."
BUSY = "Others are changing this folder just now. Try again in a moment."


def page(request: SignedInRequest, member: Member, here: Revision) -> HttpResponse:
    """A file and what it was; who may see it is decided before."""
    versions = browsing.versions(member.folder_id, here.entry)
    shown = None if here.is_deleted else shown_file(member.folder, here)
    context = {
        **finding.place(member, here),
        "versions": versions,
        "shown": shown,
        "is_damaged": not here.is_deleted and bool(damage.among(member.folder_id, [here])),
    }
    return render(request, "sync/file.html", context)


def shown_file(folder: Folder, here: Revision) -> dict[str, str] | None:
    """How a file is shown, and where its bytes are; None when it is not."""
    state = here.state
    preview = preview_of(state.name, state.size_bytes) if isinstance(state, File) else None
    if preview is None or not isinstance(state, File):
        return None
    held = (
        FolderBlob.objects.good().select_related("blob").filter(folder=folder, sha256=state.sha256)
    )
    if (holding := held.first()) is None:
        return None
    url = delivery.shown_url(holding.blob.key, name=state.name, content_type=preview.content_type)
    return {"kind": preview.kind, "url": url}


@login_required
@require_safe
def download(request: SignedInRequest, folder_id: UUID, entry: str, number: int) -> HttpResponse:
    """To the bytes that a file had after one change."""
    member = finding.member(request, folder_id)
    state = finding.version(folder_id, entry, number)
    held = (
        FolderBlob.objects.good()
        .select_related("blob")
        .filter(folder=member.folder, sha256=state.sha256)
    )
    if (holding := held.first()) is None:
        raise Http404
    return redirect(delivery.original_url(holding.blob.key, name=state.name))


@login_required
@require_POST
def restore(request: SignedInRequest, folder_id: UUID, entry: str, number: int) -> HttpResponse:
    """Put a version back, as one more change: what is there now stays a version too."""
    member = finding.writer(request, folder_id)
    present = finding.entry(folder_id, entry)
    state = finding.version(folder_id, entry, number)
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
