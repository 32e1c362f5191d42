"""What belongs to no album: the colour switch and the web app manifest."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

THEMES = {"light", "dark"}
YEAR_SECONDS = 31_536_000


def back_to(request: HttpRequest, default: str = "/") -> HttpResponseRedirect:
    """Go where the form asked to go back to, if that is on this site."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = default
    return HttpResponseRedirect(target)


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark in a cookie; anything else follows the system again."""
    response = back_to(request)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=YEAR_SECONDS, samesite="Lax")
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@require_GET
@cache_control(max_age=3600, public=True)
def manifest(request: HttpRequest) -> HttpResponse:
    return render(
        request, "manifest.webmanifest", content_type="application/manifest+json; charset=utf-8"
    )
