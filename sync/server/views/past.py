"""A folder as it was: the moment picked, looked through, and put back so."""

from http import HTTPStatus
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mediashare.accounts.requests import SignedInRequest
from sync.planner.tree import ROOT
from sync.protocol.messages import Folder as FolderState
from sync.protocol.messages import Revision
from sync.server import browsing
from sync.server import past as then
from sync.server.acts import doing
from sync.server.forms import MomentForm
from sync.server.journal.chosen import get_journal
from sync.server.models import Act, Member
from sync.server.views import finding
from sync.server.views.acts import tell, to_place


@login_required
@require_safe
def moments(request: SignedInRequest, folder_id: UUID) -> HttpResponse:
    """Ask for a moment; one that is given leads to the folder as it was."""
    member = finding.member(request, folder_id)
    begins = member.folder.history_begins(timezone.now())
    form = MomentForm(request.GET if "at" in request.GET else None, begins=begins)
    journal = get_journal()
    if form.is_valid():
        return redirect(
            "sync:past", folder_id, journal.number_at(folder_id, form.cleaned_data["at"])
        )
    first = journal.number_at(folder_id, begins)
    context = {
        **finding.place(member, None),
        "form": form,
        "begins": begins,
        "stretches": then.latest(folder_id, after=first),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "sync/moments.html", context, status=status)


@login_required
@require_safe
def past(request: SignedInRequest, folder_id: UUID, number: int, entry: str = ROOT) -> HttpResponse:
    """What was in a folder after a change. Nothing here can be changed but by putting all back."""
    member = finding.member(request, folder_id)
    here = _then(member, number, entry)
    listing = browsing.past_listing(folder_id, entry, start=finding.start(request), at=number)
    lines = get_journal().lines(folder_id, [number]) if number else []
    context = {
        **finding.place(member, None),
        "here": browsing.Row(here) if here else None,
        "trail": then.trail(folder_id, here, at=number) if here else [],
        "number": number,
        "at": browsing.moment(lines[0].at_ms) if lines else None,
        "by": lines[0].author.name if lines else "",
        "listing": listing,
    }
    return render(request, "sync/past.html", context)


@login_required
@require_POST
def restoration(request: SignedInRequest, folder_id: UUID, number: int) -> HttpResponse:
    """Put a folder, or one of those in it, back as it was: as changes, which can be undone."""
    member = finding.writer(request, folder_id)
    entry = (finding.picked(request, "in") or [ROOT])[0]
    _then(member, number, entry)
    done = doing.begin(
        folder=member.folder,
        user=request.user,
        kind=Act.Kind.REWIND,
        wanted={"number": number, "entry": entry},
        now=timezone.now(),
    )
    if done.ended_at and not done.done and not done.left:
        words = "It is as it was then already."
    else:
        words = f"It is as it was then, by {done.done} change{'' if done.done == 1 else 's'}."
    tell(request, done, words)
    return to_place(folder_id, entry)


def _then(member: Member, number: int, entry: str) -> Revision | None:
    """The folder inside as it was; None for the root. Raises Http404 where nothing is kept."""
    journal = get_journal()
    begins = member.folder.history_begins(timezone.now())
    if number > journal.head(member.folder_id):
        raise Http404
    if number < journal.number_at(member.folder_id, begins):
        raise Http404
    if not entry:
        return None
    found = then.entry(member.folder_id, entry, at=number)
    if found is None or not isinstance(found.state, FolderState):
        raise Http404
    return found
