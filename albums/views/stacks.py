"""A stack opened: all that is in it, and who is shown for it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from albums import actions
from albums.similar import queries
from albums.views import finding


@login_required
@require_GET
def stack(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The stack an item is in; without one, the item itself."""
    pictures = queries.stack_of(finding.own_item(request, item_id))
    if not pictures:
        return redirect("albums:item", item_id)
    context = {"section": "library", "front": pictures[0], "pictures": pictures}
    return render(request, "albums/stack.html", context)


@login_required
@require_POST
def show_instead(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Show this one for its stack."""
    actions.show_instead(item=finding.own_item(request, item_id))
    return redirect("albums:stack", item_id)


@login_required
@require_POST
def unstack(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Take one out of its stack; of the one in front, the whole stack apart."""
    item = finding.own_item(request, item_id)
    front = item.behind_id
    count = actions.unstack(owner=finding.signed_in(request), ids=[item.pk])
    if count:
        messages.success(request, f"Took {finding.said_items(count)} out of the stack.")
    return redirect("albums:stack", front) if front else redirect("albums:library")
