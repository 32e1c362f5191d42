"""Tells every process that holds waiting clients of a folder's new head, through Valkey.

A hint, never the truth: whoever hears it looks, and whoever does not hear it looks every some
seconds. So it never fails a commit.
"""

from functools import cache
from uuid import UUID

import redis
import structlog
from django.conf import settings

CHANNEL = "mediashare-sync-heads"
# A commit waits no longer than this for a Valkey that does not answer.
PATIENCE_SECONDS = 0.5

log = structlog.get_logger(__name__)


def announce(folder_id: UUID, head: int) -> None:
    """Say that a folder's newest change is `head`. Call it when that is committed, not before."""
    try:
        _valkey(server()).publish(CHANNEL, written(folder_id, head))
    except redis.RedisError as error:
        log.warning("wake_was_lost", folder=str(folder_id), error=str(error))


def server() -> str:
    """The address of the Valkey that carries wakes: that of the cache."""
    return str(settings.CACHES["default"]["LOCATION"])


def written(folder_id: UUID, head: int) -> str:
    return f"{folder_id} {head}"


def read(message: bytes) -> tuple[UUID, int]:
    """What `written` made. Raises ValueError for anything else."""
    folder_id, head = message.decode("ascii").split(" ")
    return UUID(folder_id), int(head)


@cache
def _valkey(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS
    )
