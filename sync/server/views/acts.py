"""What was done to a folder in one go: how far it is, and undone."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from mediashare.accounts.requests import SignedInRequest
from sync.server.acts import doing
from sync.server.acts.working import StillAtIt
from sync.server.models import Act
from sync.server.views import finding

SHOWN = 200
BUSY = "Others are changing this folder just now. Try again in a moment."


@login_required
@require_safe
def act(request: SignedInRequest, folder_id: UUID, act_id: UUID) -> HttpResponse:
    """How far it is, and what was left alone and why; for htmx only how far."""
    member = finding.member(request, folder_id)
    found = get_object_or_404(Act, folder=folder_id, pk=act_id)
    if getattr(request, "htmx", False):
        return render(request, "sync/act_line.html", {"act": found, "member": member})
    left = finding.named(folder_id, dict(list(found.left.items())[:SHOWN]))
    context = {**finding.place(member, None), "act": found, "left": left}
    return render(request, "sync/act.html", context)


@login_required
@require_POST
def undo(request: SignedInRequest, folder_id: UUID, act_id: UUID) -> HttpResponse:
    """Make what it changed as it was before, as changes of its own."""
    member = finding.writer(request, folder_id)
    found = get_object_or_404(
        Act.objects.select_related("folder__owner"), folder=folder_id, pk=act_id
    )
    try:
        undone = doing.undo(act=found, user=request.user, now=timezone.now())
    except StillAtIt:
        messages.error(request, "It was stopped. Undo it once more in a moment.")
    else:
        tell(request, undone, "It is as it was before.")
    return back(request, reverse("sync:folder", args=[member.folder_id]))


def tell(request: HttpRequest, done: Act, words: str) -> None:
    """Say what came of it, with a button that undoes it."""
    where = reverse("sync:undo", args=[done.folder_id, done.pk])
    if done.ended_at is None:
        messages.info(request, "This takes a while, and goes on by itself.", extra_tags=where)
    elif done.done or not done.left:
        messages.success(request, words, extra_tags=where if done.done else "")
    if done.left:
        first = next(iter(done.left.values()))
        count = len(done.left)
        said = first if count == 1 else f"{count} were left as they are. {first}"
        messages.error(request, said)


def back(request: HttpRequest, default: str) -> HttpResponseRedirect:
    """To the page that the form stood on, if that is on this site."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = default
    return HttpResponseRedirect(target)


def to_place(folder_id: UUID, entry: str) -> HttpResponse:
    """To what is in a folder."""
    return redirect("sync:entry", folder_id, entry) if entry else redirect("sync:folder", folder_id)
