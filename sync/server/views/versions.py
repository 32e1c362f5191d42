"""One file: its versions, got and put back."""

import uuid
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from msgspec.structs import replace

from mediashare import listing
from mediashare.accounts.requests import SignedInRequest
from mediashare.storage import delivery
from sync.protocol.messages import Accepted, Author, Change, Conflict, File, Refused, Revision
from sync.server import actions, browsing, contents, damage, signals
from sync.server.journal import FolderIsBusy
from sync.server.models import Folder, Member
from sync.server.previews import ASKED, preview_of
from sync.server.views import finding

CHANGED = "This file was changed just now. Look at its versions again."
BUSY = "Others are changing this folder just now. Try again in a moment."


def page(request: SignedInRequest, member: Member, here: Revision) -> HttpResponse:
    """A file and what it was; who may see it is decided before."""
    before = listing.number(request, "before")
    versions = browsing.versions(member.folder_id, here.entry, before=before)
    shown = None if here.is_deleted else shown_file(member.folder, here)
    context = {
        **finding.place(member, here),
        "versions": versions,
        "shown": shown,
        "door": reverse("sync:entry", args=[member.folder_id, here.entry]),
        "may_retry": member.manages,
        "is_damaged": not here.is_deleted and bool(damage.among(member.folder_id, [here])),
    }
    return render(request, "sync/file.html", context)


def shown_file(folder: Folder, here: Revision) -> dict[str, object] | None:
    """How a file is shown: where its bytes are, or what was made of them. None when it is not."""
    state = here.state
    preview = preview_of(state.name, state.size_bytes) if isinstance(state, File) else None
    blob = contents.blob_of(folder, state) if preview else None
    if preview is None or blob is None:
        return None
    made = signals.made_of(blob, name=state.name) if preview.kind in ASKED else None
    if preview.kind == "made":
        return {"kind": "made", "made": made} if made else None
    # Not all browsers play all that such a film may hold.
    if made and made.is_asked_for and not made.is_failed:
        return {"kind": "made", "made": made}
    url = delivery.shown_url(blob.key, name=state.name, content_type=preview.content_type)
    return {"kind": preview.kind, "url": url, "made": made}


@login_required
@require_safe
def download(request: SignedInRequest, folder_id: UUID, entry: str, number: int) -> HttpResponse:
    """To the bytes that a file had after one change."""
    member = finding.member(request, folder_id)
    state = finding.version(folder_id, entry, number)
    blob = contents.blob_of(member.folder, state)
    if blob is None:
        raise Http404
    return redirect(delivery.original_url(blob.key, name=state.name))


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
