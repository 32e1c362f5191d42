"""All of a synced folder, or what was picked in it, as a ZIP."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from albums import folder_archives as wishes
from albums.views import archives
from mediashare.accounts.requests import SignedInRequest
from sync.server.journal.chosen import get_journal
from sync.server.views import finding


@login_required
@require_POST
def folder_archives(request: SignedInRequest, folder_id: UUID) -> HttpResponse:
    """Ask for it. Whoever may read the folder may have it."""
    member = finding.member(request, folder_id)
    picked = finding.picked(request, "entry")
    found = [each for each in get_journal().entries(folder_id, picked) if not each.is_deleted]
    name = found[0].state.name if len(found) == 1 else member.folder.name
    wish = wishes.wish(member.folder, [each.entry for each in found], name=name)
    return archives.ask(request, wish)
