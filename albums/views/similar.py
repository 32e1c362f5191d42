"""Photos that look alike: the page that asks about them, and the three answers."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from albums import actions, undo
from albums.cursors import CursorIsMalformed
from albums.models import SimilarGroup
from albums.similar import queries
from albums.views import finding, parts
from albums.views.site import back_to

SETTLED = "That is settled already; nothing was changed."


@login_required
@require_GET
def similar(request: HttpRequest) -> HttpResponse:
    """Groups that wait for a decision, some at a time."""
    user = finding.signed_in(request)
    try:
        page = queries.similar_page(user=user, cursor=request.GET.get("cursor", ""))
    except CursorIsMalformed:
        return redirect("albums:similar")
    context = {"section": "library", "page": page, "count": queries.count(user)}
    template = parts.template(request, "albums/similar.html", part="groups")
    return render(request, template, context)


@login_required
@require_POST
def keep_best(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Keep the chosen one; the others go into the trash."""
    group = _group(request, group_id)
    try:
        kept = actions.keep_best(group=group, best=_chosen(request))
    except actions.NotInGroup:
        return _settled(request)
    if not kept.trashed:
        return _settled(request)
    messages.success(
        request,
        f"Kept one, moved {finding.said_items(len(kept.trashed))} to the trash.",
        extra_tags=undo.remember_items(request.session, kept.trashed, kept.succession),
    )
    return _next(request)


@login_required
@require_POST
def stack(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Show the chosen one, with the others behind it."""
    group = _group(request, group_id)
    try:
        count = actions.stack_group(group=group, front=_chosen(request))
    except actions.NotInGroup:
        return _settled(request)
    messages.success(request, f"Stacked {finding.said_items(count + 1)}; one of them is shown.")
    return _next(request)


@login_required
@require_POST
def tell_apart(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """None is a copy of another; nobody asks about these again."""
    actions.tell_apart(group=_group(request, group_id))
    messages.success(request, "Noted: they are different. You will not be asked about them again.")
    return _next(request)


def _group(request: HttpRequest, group_id: UUID) -> SimilarGroup:
    groups = SimilarGroup.objects.filter(owner=finding.signed_in(request))
    return get_object_or_404(groups.select_related("owner"), pk=group_id)


def _chosen(request: HttpRequest) -> UUID:
    """The id of the item that the form names; one that nothing has if it names none."""
    return next(iter(finding.picked_ids(request.POST.getlist("item"))), UUID(int=0))


def _settled(request: HttpRequest) -> HttpResponse:
    messages.info(request, SETTLED)
    return _next(request)


def _next(request: HttpRequest) -> HttpResponse:
    return back_to(request, default="/similar/")
