"""A folder changed in the browser: made, renamed, moved, deleted. Each is undone in one go."""

import uuid
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from msgspec.structs import replace

from mediashare.accounts.requests import SignedInRequest
from mediashare.aws.client import Unavailable
from mediashare.bidi import isolated
from sync.planner.tree import Identity
from sync.protocol.messages import Folder as FolderState
from sync.protocol.messages import Revision, State
from sync.server import browsing
from sync.server.acts import doing
from sync.server.forms import NameForm
from sync.server.journal import FolderIsBusy
from sync.server.journal.chosen import get_journal
from sync.server.models import Act, Member
from sync.server.views import finding
from sync.server.views.acts import BUSY, tell, to_place

Wanted = list[tuple[Identity, int, State | None]]


@login_required
@require_POST
def directories(request: SignedInRequest, folder_id: UUID) -> HttpResponse:
    """Make a folder in the folder, where the form says."""
    member = finding.writer(request, folder_id)
    parent = finding.picked(request, "in")[:1]
    here = finding.inside(folder_id, parent[0]) if parent else None
    form = NameForm(request.POST)
    inside = here.entry if here else ""
    if form.is_valid():
        made = FolderState(inside, form.cleaned_data["name"])
        _do(request, member, [(uuid.uuid4().hex, 0, made)], f"“{isolated(made.name)}” was made.")
    else:
        messages.error(request, "A folder needs a name.")
    return to_place(folder_id, inside)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: SignedInRequest, folder_id: UUID, entry: str) -> HttpResponse:
    """Ask for another name; a POST gives it."""
    member = finding.writer(request, folder_id)
    here = finding.entry(folder_id, entry)
    if here.is_deleted:
        raise Http404
    form = NameForm(
        request.POST if request.method == "POST" else None, initial={"name": here.state.name}
    )
    if request.method == "POST" and form.is_valid():
        after = replace(here.state, name=form.cleaned_data["name"])
        said = f"“{isolated(here.state.name)}” is now “{isolated(after.name)}”."
        _do(request, member, [(entry, here.number, after)], said)
        return to_place(folder_id, here.state.parent)
    context = {**finding.place(member, here), "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    part = "#sheet" if getattr(request, "htmx", False) else ""
    return render(request, f"sync/name.html{part}", context, status=status)


@login_required
@require_POST
def deletions(request: SignedInRequest, folder_id: UUID) -> HttpResponse:
    """Delete what was picked, with everything in it."""
    member = finding.writer(request, folder_id)
    if found := _found(request, folder_id):
        done = doing.begin(
            folder=member.folder,
            user=request.user,
            kind=Act.Kind.DELETION,
            wanted={"entries": [each.entry for each in found]},
            now=timezone.now(),
        )
        tell(request, done, f"{finding.said(found)} deleted.")
    return to_place(folder_id, _where(found))


@login_required
@require_POST
def moves(request: SignedInRequest, folder_id: UUID) -> HttpResponse:
    """Ask where to; with `to`, move what was picked there."""
    member = finding.writer(request, folder_id)
    found = _found(request, folder_id)
    if not found:
        return to_place(folder_id, "")
    if "to" in request.POST:
        target = (finding.picked(request, "to") or [""])[0]
        finding.inside(folder_id, target)
        wanted: Wanted = [
            (each.entry, each.number, replace(each.state, parent=target)) for each in found
        ]
        _do(request, member, wanted, f"{finding.said(found)} moved.")
        return to_place(folder_id, target)
    return _choose(request, member, found)


def _choose(request: SignedInRequest, member: Member, found: list[Revision]) -> HttpResponse:
    """Show the folders of one level; those that are to be moved are no place to move to."""
    at = (finding.picked(request, "at") or [""])[0]
    if "after" in request.POST:
        at = (finding.picked(request, "in") or [""])[0]
    elif "at" not in request.POST:
        at = _where(found)
    here = finding.inside(member.folder_id, at)
    moved = {each.entry for each in found}
    inside = browsing.listing(
        member.folder_id, at, after=request.POST.get("after", ""), only_folders=True
    )
    context = {
        **finding.place(member, here),
        "picked": found,
        "said": finding.said(found),
        "choices": [row for row in inside.rows if row.revision.entry not in moved],
        "following": inside.following,
        "is_where_it_is": at == _where(found),
    }
    return render(request, "sync/move.html", context)


def _found(request: SignedInRequest, folder_id: UUID) -> list[Revision]:
    """What was picked and is there."""
    picked = finding.picked(request, "entry")
    found = [each for each in get_journal().entries(folder_id, picked) if not each.is_deleted]
    if not found:
        messages.info(request, "Select something first.")
    return sorted(found, key=lambda each: (each.state.name.casefold(), each.entry))


def _where(found: list[Revision]) -> Identity:
    return found[0].state.parent if found else ""


def _do(request: SignedInRequest, member: Member, wanted: Wanted, words: str) -> None:
    try:
        done = doing.do_at_once(
            folder=member.folder, user=request.user, wanted=wanted, now=timezone.now()
        )
    except (FolderIsBusy, Unavailable):
        messages.error(request, BUSY)
    else:
        tell(request, done, words)
