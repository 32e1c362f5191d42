"""The page of what was done in a folder."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mediashare.accounts.requests import SignedInRequest
from sync.server.activity import reading, telling
from sync.server.views import finding


@login_required
@require_safe
def activity(request: SignedInRequest, folder_id: UUID) -> HttpResponse:
    member = finding.member(request, folder_id)
    given = request.GET.get("before", "")
    is_number = given.isascii() and given.isdecimal() and len(given) < 16
    found = reading.page(folder_id, before=int(given) if is_number else None)
    context = {
        "member": member,
        "sentences": telling.sentences(found, told_to_owner=member.is_owner),
        "before": found.before,
        "section": "folders",
    }
    return render(request, "sync/activity.html", context)
