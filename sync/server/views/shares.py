"""A folder's share links, as its owner sees them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from mediashare import listing
from mediashare.accounts.requests import SignedInRequest
from mediashare.sharing.doors import Door, door
from mediashare.sharing.forms import LinkForm
from sync.protocol.messages import Revision
from sync.server import browsing, visiting
from sync.server.journal.chosen import get_journal
from sync.server.models import FolderLink, Member
from sync.server.views import finding


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def shares(request: SignedInRequest, folder_id: UUID, entry: str = "") -> HttpResponse:
    """The links of a folder or of something in it; a POST makes another."""
    member = _owner(request, folder_id)
    here = finding.entry(folder_id, entry) if entry else None
    form = LinkForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        link = FolderLink(
            folder=member.folder,
            entry=entry,
            label=form.cleaned_data["label"],
            expires_at=form.cleaned_data["expires_on"],
        )
        link.set_password(form.cleaned_data["password"])
        link.save()
        messages.success(request, "The link is ready to be sent.")
        return redirect(f"{request.path}#address-{link.pk}")
    links = listing.part(request, _links(member, here))
    context = {
        **finding.place(member, here),
        "form": form,
        "links": links,
        "doors": _doors(request, member, links.rows),
    }
    return render(request, "sync/shares.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def revoke(request: SignedInRequest, folder_id: UUID, share_id: UUID) -> HttpResponse:
    """Close a link for good."""
    member = _owner(request, folder_id)
    link = get_object_or_404(FolderLink, folder=member.folder, pk=share_id)
    link.revoke(now=timezone.now())
    messages.success(request, "That link opens nothing any more.")
    if link.entry:
        return redirect("sync:entry_shares", folder_id, link.entry)
    return redirect("sync:shares", folder_id)


def _owner(request: SignedInRequest, folder_id: UUID) -> Member:
    """Raises Http404 for strangers, and PermissionDenied for who is not the owner."""
    found = finding.member(request, folder_id)
    if found.role != Member.Role.OWNER:
        raise PermissionDenied
    return found


def _links(member: Member, here: Revision | None) -> QuerySet[FolderLink]:
    """Those of the folder, or only of what is looked at, the latest first."""
    found = FolderLink.objects.filter(folder=member.folder).order_by("-created_at", "-pk")
    return found if here is None else found.filter(entry=here.entry)


def _doors(request: SignedInRequest, member: Member, links: list[FolderLink]) -> list[Door]:
    shown = {link.entry for link in links} - {""}
    names = {
        each.entry: browsing.Row(each).name
        for each in get_journal().entries(member.folder_id, shown)
    }
    now = timezone.now()
    return [
        door(
            link,
            url=request.build_absolute_uri(reverse("folder_link", args=[visiting.token_of(link)])),
            closing_url=reverse("sync:revoke", args=[link.folder_id, link.pk]),
            now=now,
            name=names.get(link.entry, member.folder.name),
        )
        for link in links
    ]
