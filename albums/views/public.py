"""What somebody sees who came with a share link. Nobody is asked to sign in."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from albums import actions, facts, permissions, pictures, queries
from albums.cursors import CursorIsMalformed
from albums.models import Item, ShareLink
from albums.views import finding, parts
from mediashare.sharing.forms import PasswordForm
from processing import actions as processing

View = Callable[..., HttpResponse]


def through_share(view: View) -> View:
    """Find the link of an address first; a closed one says so, a wrong one is not found."""

    @wraps(view)
    def answer(request: HttpRequest, token: str, **more: object) -> HttpResponse:
        try:
            link = permissions.find_share(token, timezone.now())
        except permissions.ShareNotFound as error:
            raise Http404 from error
        except permissions.ShareExpired:
            response = render(request, "albums/share_expired.html", status=HTTPStatus.GONE)
        except permissions.ShareRevoked:
            response = render(request, "albums/share_revoked.html", status=HTTPStatus.GONE)
        else:
            response = _let_in(view, request, link, token, **more)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        # The address is the key, so other sites must not see it. Not `no-referrer`: with that
        # a browser sends `Origin: null` with the password, and is taken for a forger.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return answer


def _let_in(
    view: View, request: HttpRequest, link: ShareLink, token: str, **more: object
) -> HttpResponse:
    try:
        return view(request, link, token, **more)
    except permissions.ShareIsLocked:
        return redirect("albums:public_password", token)


@require_GET
@through_share
def public_album(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    visitor = permissions.visitor_through(link, request.session)
    cursor = request.GET.get("cursor", "")
    try:
        page = queries.album_page(album=link.album, viewer=visitor, cursor=cursor)
    except CursorIsMalformed:
        return redirect("albums:public_album", token)
    _count_view_once(request, link)
    context = {
        "link": link,
        "album": link.album,
        "page": page,
        "count": link.album.places.shown().count(),
        "place": reverse("albums:public_album", args=[token]),
        "door": f"/s/{token}",
        "is_first": not cursor,
        "is_live": True,
    }
    template = parts.template(request, "albums/public_album.html", part="pictures")
    return render(request, template, context)


@require_GET
@through_share
def public_states(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """Tiles that changed since a page showed them as `id:mark`; they replace themselves."""
    visitor = permissions.visitor_through(link, request.session)
    shown = finding.shown_marks(request)
    found = queries.pictures_of(viewer=visitor, ids=shown)
    context = {
        "changed": finding.changed(found, shown),
        "place": reverse("albums:public_album", args=[token]),
        "door": f"/s/{token}",
        "is_live": True,
    }
    return render(request, "albums/states.html", context)


@require_GET
@through_share
def public_item(request: HttpRequest, link: ShareLink, token: str, item_id: UUID) -> HttpResponse:
    visitor = permissions.visitor_through(link, request.session)
    items = Item.objects.visible_to(visitor).select_related("blob")
    item = get_object_or_404(items, pk=item_id)
    context = {
        "picture": pictures.of(
            [item],
            may_download=visitor.may_download,
            with_place=visitor.with_place,
            is_own=False,
        )[0],
        "facts": facts.of(item, for_visitor=True, with_place=visitor.with_place),
        "beside": queries.album_neighbours(album=link.album, item=item),
        "album": link.album,
        "place": reverse("albums:public_album", args=[token]),
        "door": f"/s/{token}",
    }
    part = "#facts" if request.GET.get("part") == "facts" else ""
    return render(request, f"albums/public_item.html{part}", context)


@require_POST
@through_share
def public_copies(request: HttpRequest, link: ShareLink, token: str, item_id: UUID) -> HttpResponse:
    """Ask for the original without its place; it is made once for all visitors."""
    visitor = permissions.visitor_through(link, request.session)
    items = Item.objects.visible_to(visitor).select_related("blob")
    item = get_object_or_404(items, pk=item_id)
    if not visitor.may_download:
        raise Http404
    processing.request_copy(blob=item.blob)
    return redirect("albums:public_item", token, item.pk)


@require_http_methods(["GET", "POST"])
@through_share
def public_password(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """Ask for the link's password; says nothing of the album until it is right."""
    if permissions.is_unlocked(request.session, link):
        return redirect("albums:public_album", token)
    form = PasswordForm(request.POST or None)
    status = HTTPStatus.OK
    if form.is_valid():
        try:
            if permissions.unlock(request, link, form.cleaned_data["password"]):
                return redirect("albums:public_album", token)
            form.add_error("password", "That is not the password.")
            status = HTTPStatus.FORBIDDEN
        except permissions.TooManyAttempts as refusal:
            form.add_error("password", str(refusal))
            status = HTTPStatus.TOO_MANY_REQUESTS
    return render(request, "albums/share_password.html", {"form": form}, status=status)


def _count_view_once(request: HttpRequest, link: ShareLink) -> None:
    """A visit is a session; the owner looking at their own page is none."""
    seen = f"share-seen-{link.pk}"
    if request.user == link.album.owner or request.session.get(seen):
        return
    request.session[seen] = True
    actions.note_view(link=link, now=timezone.now())
