"""Playlists and storyboards of an item, for its owner's player and for a visitor's."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from albums import permissions, players
from albums.models import Item, ShareLink
from albums.views import finding
from albums.views.public import through_share


@login_required
@require_GET
def item_stream(request: HttpRequest, item_id: UUID, file: str) -> HttpResponse:
    return players.answer(request, finding.own_item(request, item_id), file)


@require_GET
@through_share
def public_stream(
    request: HttpRequest, link: ShareLink, token: str, item_id: UUID, file: str
) -> HttpResponse:
    visitor = permissions.visitor_through(link, request.session)
    item = get_object_or_404(Item.objects.visible_to(visitor), pk=item_id)
    return players.answer(request, item, file)
