"""API tokens: made, listed and revoked by their owner. A secret is in one answer only.

Tokens of devices are on a page of their own.
"""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mediashare import listing
from mediashare.accounts import actions
from mediashare.accounts.forms import TokenForm
from mediashare.accounts.proving import proof_required
from mediashare.accounts.requests import SignedInRequest
from mediashare.bidi import isolated


@login_required
@never_cache
@proof_required  # type: ignore[untyped-decorator]  # allauth has none
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: SignedInRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    made, secret = None, ""
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        made, secret = actions.create_token(
            owner=request.user,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.expires_at(now),
        )
        form = TokenForm()
    kept = request.user.api_tokens.filter(revoked_at__isnull=True, device=None)
    context = {
        "form": form,
        "tokens": listing.part(request, kept.order_by("-created_at", "pk")),
        "made": made,
        "secret": secret,
        "now": now,
    }
    return render(request, "account/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def token(request: SignedInRequest, token_id: uuid.UUID) -> HttpResponse:
    """Revoke. Strangers' tokens are not found."""
    revoked = get_object_or_404(request.user.api_tokens, pk=token_id)
    actions.revoke_token(token=revoked, now=timezone.now())
    messages.success(request, f"“{isolated(revoked.name)}” works no more.")
    return redirect("accounts:tokens")
