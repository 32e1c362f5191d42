"""The page for adding files. The bytes go from the browser to S3; nothing is sent here."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe


@login_required
@ensure_csrf_cookie
@require_safe
def upload(request: HttpRequest) -> HttpResponse:
    return render(request, "albums/upload.html", {"section": "upload", "takes_files": True})
