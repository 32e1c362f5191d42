"""Who may wait for a folder, and how far the folder is: asked for hundreds of clients at once.

A few queries, however many they are. Meant for a thread of its own, outside any request.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from mediashare.accounts.models import ApiToken
from mediashare.aws.client import Unavailable
from sync.protocol.messages import Changes
from sync.server import feed, permissions
from sync.server.journal.chosen import get_journal
from sync.server.waiting.asks import Admitted, Ask, Turned, Verdict
from sync.server.waiting.door import CannotLook

# Who waits uses a token all day; to the minute would be a write a second for every sixty of them.
USE_NOTED_EVERY = timedelta(minutes=10)

log = structlog.get_logger(__name__)


def look(asks: Sequence[Ask]) -> list[Verdict]:
    """A verdict on each, in the same order. Raises CannotLook."""
    try:
        return _look(asks, now=timezone.now())
    except (DatabaseError, Unavailable) as error:
        raise CannotLook(str(error)) from error


def page(folder_id: UUID, since: int) -> bytes:
    """The page of a folder's changes. Raises CannotLook."""
    try:
        return feed.page(folder_id, since)
    except (DatabaseError, Unavailable) as error:
        raise CannotLook(str(error)) from error


def nothing_new(head: int) -> bytes:
    """The page of who knows all changes up to `head`."""
    return msgspec.json.encode(Changes((), head))


def is_well() -> bool:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.warning("not_ready", reason=str(error))
        return False
    return True


def _look(asks: Sequence[Ask], *, now: datetime) -> list[Verdict]:
    tokens = _tokens({ask.digest for ask in asks}, now)
    folders = {ask.folder_id for ask in asks}
    people = {token.owner_id for token in tokens.values()}
    inside = permissions.insiders(folders=folders, people=people)
    heads = get_journal().heads({folder_id for folder_id, _ in inside})
    return [_verdict(ask, tokens.get(ask.digest), inside, heads) for ask in asks]


def _verdict(
    ask: Ask,
    token: ApiToken | None,
    inside: Collection[tuple[UUID, UUID]],
    heads: dict[UUID, int],
) -> Verdict:
    if token is None:
        return Turned.UNKNOWN
    if ApiToken.Scope.SYNC not in token.scopes:
        return Turned.WITHOUT_SCOPE
    if (ask.folder_id, token.owner_id) not in inside:
        return Turned.NO_MEMBER
    return Admitted(token.owner_id, heads[ask.folder_id])


def _tokens(digests: Collection[str], now: datetime) -> dict[str, ApiToken]:
    """Those that open something, by their digests; that they were used is noted."""
    live = ApiToken.objects.live(now).filter(digest__in=digests, owner__is_active=True)
    tokens = {token.digest: token for token in live}
    before = now - USE_NOTED_EVERY
    stale = [
        token.pk
        for token in tokens.values()
        if token.last_used_at is None or token.last_used_at < before
    ]
    if stale:
        ApiToken.objects.filter(pk__in=stale).update(last_used_at=now)
    return tokens
