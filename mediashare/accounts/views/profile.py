"""Name and use of storage."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from mediashare.accounts.forms import ProfileForm
from mediashare.accounts.models import TroubledAddress
from mediashare.accounts.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("accounts:profile")
    taken_bytes = request.user.used_bytes + request.user.reserved_bytes
    context = {
        "form": form,
        "trouble": TroubledAddress.objects.standing().of(request.user.email).first(),
        "taken_bytes": taken_bytes,
        "taken_percent": 100 * taken_bytes // max(1, request.user.quota),
    }
    return render(request, "account/profile.html", context, status=422 if form.errors else 200)
