"""The answer to a player that asks for a playlist or storyboard, on pages and in the API.

It may be kept, but only used again after asking: a share may have ended, addresses in it do.
Within a window of addresses the text stays the same, so that asking costs a few bytes.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page

from albums import streams
from albums.models import Item


# Outermost, since the tag is that of the text: gzip makes other bytes of it each time.
@gzip_page
@conditional_page
def answer(request: HttpRequest, item: Item, file: str) -> HttpResponse:
    """One of the documents of `streams`; not found while there is none."""
    try:
        document = streams.document(item, file)
    except streams.NothingToPlay as error:
        raise Http404 from error
    response = HttpResponse(document.text, content_type=document.content_type)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
