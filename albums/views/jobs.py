"""The page of one's own jobs: what is under way, what came to nothing, what was done lately."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from albums import jobs
from albums.cursors import Cursor, CursorIsMalformed
from albums.views import finding, parts
from mediashare.accounts.models import User
from processing import actions, board
from processing.models import JobQuerySet

PAGE = 30
SHOWN = {"under-way": "Under way", "unsuccessful": "Unsuccessful", "recent": "Done lately"}


@login_required
@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    """One of the three lists; for htmx the board alone, while something is unfinished."""
    user = finding.signed_in(request)
    counts = board.counts(user)
    chosen = request.GET.get("show", "")
    if chosen not in SHOWN:
        chosen = "under-way" if counts.unfinished or not counts.unsuccessful else "unsuccessful"
    cursor = request.GET.get("cursor", "")
    try:
        things, following = _page(user, chosen, cursor)
    except CursorIsMalformed:
        return redirect("albums:jobs")
    if cursor and not things:
        # All that stood here is done by now.
        return redirect(f"{reverse('albums:jobs')}?show={chosen}")
    context = {
        "section": "jobs",
        "counts": counts,
        "chosen": chosen,
        "rows": jobs.rows(user, things),
        "is_later": bool(cursor),
        "next": Cursor(following.rank, following.thing.int).encode() if following else "",
        "address": request.get_full_path(),
    }
    return render(request, parts.template(request, "albums/jobs.html", part="board"), context)


@login_required
@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    """Cancel one thing or all that is unfinished; says first what that means."""
    user = finding.signed_in(request)
    chosen = _chosen(user, request).unfinished()
    if request.POST.get("sure") != "yes":
        kinds = chosen.order_by().values_list("kind", flat=True).distinct()
        context = {
            "section": "jobs",
            "thing": request.POST.get("thing", ""),
            "count": chosen.count(),
            "meanings": jobs.what_cancelling_means(kinds),
        }
        return render(request, "albums/cancel_jobs.html", context)
    count = actions.cancel(jobs=chosen)
    messages.success(request, f"Cancelled {_said(count)}." if count else "It was done already.")
    return redirect("albums:jobs")


@login_required
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Try one thing or all that came to nothing again."""
    user = finding.signed_in(request)
    count = actions.retry(jobs=_chosen(user, request).unsuccessful())
    messages.success(
        request, f"Trying {_said(count)} again." if count else "There is nothing to try again."
    )
    return redirect("albums:jobs")


def _page(user: User, chosen: str, cursor: str) -> tuple[list[board.Thing], board.Place | None]:
    """Raises CursorIsMalformed."""
    if chosen == "recent":
        return board.recent(user, size=PAGE), None
    place = Cursor.decode(cursor) if cursor else None
    after = board.Place(place.rank, place.id) if place else None
    listed = board.under_way if chosen == "under-way" else board.unsuccessful
    return listed(user, after=after, size=PAGE)


def _chosen(user: User, request: HttpRequest) -> JobQuerySet:
    """The jobs of the thing that the form names; all of one's own when it names none."""
    named = request.POST.get("thing", "")
    if not named:
        return board.own_jobs(user)
    things: list[UUID] = finding.picked_ids([named])
    return board.of_thing(user, things[0]) if things else board.own_jobs(user).none()


def _said(count: int) -> str:
    return "1 job" if count == 1 else f"{count:,} jobs"
