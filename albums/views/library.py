"""The library, newest first, and the front page for who is not signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from albums import groups, queries
from albums.cursors import Cursor, CursorIsMalformed
from albums.similar import queries as similar
from albums.views import finding, parts


@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """A page of the library; for htmx only its groups, to follow the ones before."""
    if not request.user.is_authenticated:
        return render(request, "albums/landing.html")
    cursor = request.GET.get("cursor", "")
    try:
        after = Cursor.decode(cursor).time if cursor else None
        page = queries.library_page(user=finding.signed_in(request), cursor=cursor)
    except CursorIsMalformed:
        return redirect("albums:library")
    context = {
        "section": "library",
        "takes_files": True,
        "groups": groups.by_month(page.pictures, after=after),
        "next": page.next,
        "similar_count": 0 if cursor else similar.count(finding.signed_in(request)),
    }
    template = parts.template(request, "albums/library.html", part="groups")
    return render(request, template, context)
