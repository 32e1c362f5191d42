"""Downloads: archives that are made or ready, and the takeout of everything."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from albums import archive_wishes, folder_archives
from albums.archive_cards import ArchiveCard
from albums.models import Item
from albums.views import finding, parts
from mediashare.storage import delivery
from processing.archives import actions
from processing.archives.models import Archive

SHOWN = 50


@login_required
@require_http_methods(["GET", "POST"])
def archives(request: HttpRequest) -> HttpResponse:
    """All that were asked for; a POST asks for everything there is."""
    owner = finding.signed_in(request)
    if request.method == "POST":
        if Item.objects.kept().filter(owner=owner).exists():
            return ask(request, archive_wishes.takeout(owner))
        messages.info(request, "There is nothing in the library to take out.")
        return redirect("albums:archives")
    found = own_archives(request).order_by("-created_at")[:SHOWN]
    now = timezone.now()
    context = {"cards": [ArchiveCard(archive, now) for archive in found]}
    return render(request, "albums/archives.html", context)


@login_required
@require_POST
def album_archives(request: HttpRequest, album_id: UUID) -> HttpResponse:
    """Ask for all of an album as a ZIP."""
    album = finding.own_album(request, album_id)
    if album.places.shown().exists():
        return ask(request, archive_wishes.album(album))
    messages.info(request, "There is nothing in this album to download.")
    return redirect("albums:album", album.pk)


@login_required
@require_GET
def archive(request: HttpRequest, archive_id: UUID) -> HttpResponse:
    """How far one is; for htmx only its card."""
    card = ArchiveCard(_own(request, archive_id), timezone.now())
    if not parts.is_wanted(request):
        return redirect("albums:archives")
    return render(request, "albums/archive_card.html", {"card": card})


@login_required
@require_GET
@never_cache
def archive_file(request: HttpRequest, archive_id: UUID) -> HttpResponse:
    """To the bytes. The same address goes on with a download that broke off days ago."""
    return to_bytes(_own(request, archive_id))


@login_required
@require_POST
def retry(request: HttpRequest, archive_id: UUID) -> HttpResponse:
    if actions.retry_archive(archive=_own(request, archive_id)):
        messages.info(request, "Trying again.")
    return redirect("albums:archives")


@login_required
@require_POST
def give_up(request: HttpRequest, archive_id: UUID) -> HttpResponse:
    """Stop making it, or delete what was made."""
    actions.give_up(archive=_own(request, archive_id))
    messages.success(request, "Removed. Your pictures stay where they are.")
    return redirect("albums:archives")


def ask(request: HttpRequest, wish: actions.Wish) -> HttpResponse:
    """Ask for an archive, and lead to where it will be."""
    try:
        actions.request_archive(owner=finding.signed_in(request), wish=wish)
    except actions.TooManyArchives as refusal:
        messages.error(request, str(refusal.detail))
    return redirect("albums:archives")


def to_bytes(archive: Archive) -> HttpResponse:
    """A redirect to a ready archive; not found before."""
    if archive.state != "ready":
        raise Http404
    return redirect(delivery.made_file_url(archive.key, name=archive.name))


def own_archives(request: HttpRequest) -> QuerySet[Archive]:
    """The person's own; those that visitors asked for are not listed."""
    now = timezone.now()
    own = Archive.objects.kept(now).filter(owner=finding.signed_in(request), is_for_visitors=False)
    return folder_archives.readable(own).select_related("job")


def _own(request: HttpRequest, archive_id: UUID) -> Archive:
    return get_object_or_404(own_archives(request), pk=archive_id)
