"""The library, newest first or what is looked for, and the front page for who is not signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from albums import groups, queries
from albums.cursors import CursorIsMalformed
from albums.similar import queries as similar
from albums.views import finding, parts


@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """A page of the library; for htmx only its groups, to follow the ones before."""
    if not request.user.is_authenticated:
        return render(request, "albums/landing.html")
    cursor = request.GET.get("cursor", "")
    wanted = " ".join(request.GET.get("q", "").split())[: queries.LONGEST_SEARCH]
    try:
        page = queries.library_page(user=finding.signed_in(request), wanted=wanted, cursor=cursor)
    except CursorIsMalformed:
        return redirect("albums:library")
    month = groups.month_in(request.GET.get("after", "")) if cursor else ""
    context = {
        "section": "library",
        "takes_files": True,
        "wanted": wanted,
        "groups": groups.by_month(page.pictures, after=month),
        "next": page.next,
        "similar_count": 0 if cursor else similar.count(finding.signed_in(request)),
    }
    template = parts.template(request, "albums/library.html", part="groups")
    return render(request, template, context)
