"""An album's share links, as its owner sees them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from albums import actions, permissions
from albums.forms import ShareForm
from albums.models import ShareLink
from albums.views import finding
from mediashare import listing
from mediashare.sharing.doors import Door, door


@login_required
@require_http_methods(["GET", "POST"])
def shares(request: HttpRequest, album_id: UUID) -> HttpResponse:
    """The album's links; a POST makes another."""
    album = finding.own_album(request, album_id)
    form = ShareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        link = actions.share_album(
            album=album,
            label=form.cleaned_data["label"],
            password=form.cleaned_data["password"],
            expires_at=form.cleaned_data["expires_on"],
            allow_download=form.cleaned_data["allow_download"],
            include_place=form.cleaned_data["include_place"],
        )
        messages.success(request, "The link is ready to be sent.")
        # Browsers bring what a fragment names into view, and focus it.
        return redirect(f"{reverse('albums:shares', args=[album.pk])}#address-{link.pk}")
    links = listing.part(request, album.share_links.order_by("-created_at", "-pk"))
    context = {
        "section": "albums",
        "album": album,
        "form": form,
        "links": links,
        "doors": [_door(request, link) for link in links.rows],
    }
    return render(request, "albums/shares.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def revoke(request: HttpRequest, album_id: UUID, share_id: UUID) -> HttpResponse:
    album = finding.own_album(request, album_id)
    actions.revoke_share(link=get_object_or_404(album.share_links, pk=share_id))
    messages.success(request, "That link opens nothing any more.")
    return redirect("albums:shares", album.pk)


def _door(request: HttpRequest, link: ShareLink) -> Door:
    address = reverse("albums:public_album", args=[permissions.share_token(link)])
    return door(
        link,
        url=request.build_absolute_uri(address),
        closing_url=reverse("albums:revoke", args=[link.album_id, link.pk]),
        now=timezone.now(),
    )
