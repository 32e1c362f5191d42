"""The trash: taking things back, deleting them for good, and undoing the last deletion."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from albums import actions, queries, undo
from albums.cursors import CursorIsMalformed
from albums.models import Item
from albums.views import finding, parts
from albums.views.site import back_to


@login_required
@require_GET
def trash(request: HttpRequest) -> HttpResponse:
    user = finding.signed_in(request)
    try:
        page = queries.trash_page(user=user, cursor=request.GET.get("cursor", ""))
    except CursorIsMalformed:
        return redirect("albums:trash")
    context = {
        "section": "trash",
        "page": page,
        "cards": queries.trashed_albums(user=user),
        "days": settings.TRASH_DAYS,
    }
    template = parts.template(request, "albums/trash.html", part="pictures")
    return render(request, template, context)


@login_required
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    ids = finding.picked_ids(request.POST.getlist("item"))
    count = actions.restore_items(owner=finding.signed_in(request), ids=ids)
    messages.success(request, f"Put {finding.said_items(count)} back into the library.")
    return redirect("albums:trash")


@login_required
@require_POST
def delete_forever(request: HttpRequest) -> HttpResponse:
    """Delete the picked items for good, or all of them; asks once more first."""
    user = finding.signed_in(request)
    everything = request.POST.get("all") == "yes"
    ids = finding.picked_ids(request.POST.getlist("item"))
    until = _moment(request.POST.get("until", "")) or timezone.now()
    if everything:
        # What came into the trash after the question was asked was not meant by the answer.
        trash = Item.objects.in_trash().visible_to(user).filter(deleted_at__lte=until)
        ids = list(trash.values_list("pk", flat=True))
    if request.POST.get("sure") != "yes":
        context = {"section": "trash", "ids": [] if everything else ids, "everything": everything}
        context |= {"count": finding.said_items(len(ids)), "until": until.isoformat()}
        return render(request, "albums/delete_forever.html", context)
    count = actions.delete_forever(owner=user, ids=ids)
    messages.success(request, f"Deleted {finding.said_items(count)} for good.")
    return redirect("albums:trash")


@login_required
@require_POST
def undo_trash(request: HttpRequest, name: str) -> HttpResponse:
    """Take back what one deletion put into the trash."""
    user, deletion = finding.signed_in(request), undo.take_items(request.session, name)
    count = actions.restore_items(owner=user, ids=deletion.items)
    if deletion.succession:
        actions.give_places_back(owner=user, succession=deletion.succession)
    if count:
        messages.success(request, f"Put {finding.said_items(count)} back.")
    else:
        messages.info(request, "That was too long ago to undo. The trash still has it.")
    return back_to(request)


def _moment(written: str) -> datetime | None:
    try:
        found = parse_datetime(written)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None
