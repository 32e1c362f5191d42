"""Pages and their parts: one template holds both, so that they cannot differ."""

from django.http import HttpRequest


def is_wanted(request: HttpRequest) -> bool:
    """Whether htmx asks, to put the answer into a page that is open already."""
    return bool(getattr(request, "htmx", False))


def template(request: HttpRequest, page: str, *, part: str) -> str:
    """The whole page, or for htmx only its part of that name."""
    return f"{page}#{part}" if is_wanted(request) else page
