"""What the bars of every page ask of processing: whether something of one's own is unfinished."""

from functools import partial

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from mediashare.accounts.models import User
from processing import board


def unfinished_jobs(request: HttpRequest) -> dict[str, object]:
    """Counted only when a template reads it; a part of a page has no bars and never does."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"unfinished_jobs": 0, "most_unfinished_jobs": board.MANY}
    counted = SimpleLazyObject(partial(board.unfinished_count, user))
    return {"unfinished_jobs": counted, "most_unfinished_jobs": board.MANY}
