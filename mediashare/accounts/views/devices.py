"""Devices that sync: let in by a code, listed, renamed and signed out by their owner."""

import uuid
from types import SimpleNamespace
from typing import Any, cast

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from rest_framework.throttling import ScopedRateThrottle

from mediashare import listing
from mediashare.accounts import actions, linking
from mediashare.accounts.forms import DeviceNameForm
from mediashare.accounts.models import Device, DeviceRequest
from mediashare.accounts.proving import proof_required
from mediashare.accounts.requests import SignedInRequest
from mediashare.bidi import isolated

TOO_MANY = "Too many codes in a short time. Wait a minute, then try again."
NOBODY_WAITS = (
    "No computer is waiting with this code. Look at its letters again; a code ends after a quarter"
    " of an hour, or when it was answered."
)


@login_required
@require_safe
def devices(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    own = Device.objects.live(now).filter(token__owner=request.user).select_related("token")
    found = listing.part(request, own.order_by("-token__created_at", "pk"))
    context = {"devices": found, "site_url": settings.SITE_URL}
    return render(request, "account/devices.html", context)


@login_required
@never_cache
@proof_required  # type: ignore[untyped-decorator]  # allauth has none
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: SignedInRequest) -> HttpResponse:
    """Type a code; see which computer it is; let it in or refuse it."""
    code = request.POST.get("code") or request.GET.get("code", "")
    if not code:
        return _page(request)
    if not _is_in_limits(request):
        return _page(request, code=code, problem=TOO_MANY, status=429)
    try:
        waiting = linking.find_waiting(code, timezone.now())
        if request.POST.get("answer") in {"grant", "refuse"}:
            return _answer(request, waiting)
    except linking.NobodyWaits:
        return _page(request, code=code, problem=NOBODY_WAITS, status=422)
    return _page(request, code=code, waiting=waiting)


@login_required
@require_POST
def rename(request: SignedInRequest, device_id: uuid.UUID) -> HttpResponse:
    token = _own(request, device_id).token
    form = DeviceNameForm(request.POST)
    if form.is_valid():
        actions.rename_token(token=token, name=form.cleaned_data["name"])
        messages.success(request, "Renamed.")
    else:
        messages.error(request, "A device needs a name of at most 100 letters.")
    return redirect("accounts:devices")


@login_required
@require_POST
def revoke(request: SignedInRequest, device_id: uuid.UUID) -> HttpResponse:
    """Sign a device out from afar. What it has stays on it; it gets and sends no more."""
    device = _own(request, device_id)
    actions.revoke_token(token=device.token, now=timezone.now())
    messages.success(request, f"“{isolated(device.token.name)}” is signed out.")
    return redirect("accounts:devices")


def _own(request: SignedInRequest, device_id: uuid.UUID) -> Device:
    """Strangers' devices are not found."""
    own = Device.objects.filter(token__owner=request.user).select_related("token")
    return get_object_or_404(own, pk=device_id)


def _answer(request: SignedInRequest, waiting: DeviceRequest) -> HttpResponse:
    is_granted = request.POST["answer"] == "grant"
    linking.answer(request=waiting, by=request.user, is_granted=is_granted, now=timezone.now())
    if is_granted:
        context = {"device": waiting}
        get_adapter().send_notification_mail("account/email/device_linked", request.user, context)
        messages.success(
            request, f"“{isolated(waiting.name)}” is let in. Go back to it: it goes on by itself."
        )
    else:
        messages.success(request, f"“{isolated(waiting.name)}” was refused.")
    return redirect("accounts:devices")


def _page(request: SignedInRequest, *, status: int = 200, **context: object) -> HttpResponse:
    return render(request, "account/link_device.html", context, status=status)


def _is_in_limits(request: SignedInRequest) -> bool:
    """Codes are counted for each person, so that they cannot be searched."""
    view = cast(Any, SimpleNamespace(throttle_scope="device-code"))
    # It reads headers and the person only, so Django's own request does as well as DRF's.
    return ScopedRateThrottle().allow_request(cast(Any, request), view)
