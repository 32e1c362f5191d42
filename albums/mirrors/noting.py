"""Notes that an album has changed which computers keep. The row is the outbox.

Called in the transaction that changes it. Notes too many cost a look, and no change.
"""

from collections.abc import Iterable
from uuid import UUID

import structlog
from celery import current_app
from django.db import connection, transaction
from django.db.models import F
from kombu.exceptions import OperationalError

from albums.mirrors.models import Mirror
from sync.server.models import Member

TASK = "albums.tasks.mirror_album"
# In one statement, since each photo waits for it; nearly always there is none.
NOTE_ITEMS = """
UPDATE albums_mirror SET wanted = wanted + 1
WHERE album_id IN (SELECT album_id FROM albums_albumitem WHERE item_id = ANY(%s::uuid[]))
RETURNING album_id
"""

log = structlog.get_logger(__name__)


def note_album(album_id: UUID) -> None:
    """An album has other items, or another title."""
    if Mirror.objects.filter(pk=album_id).update(wanted=F("wanted") + 1):
        _ring_on_commit(album_id)


def note_items(item_ids: Iterable[UUID]) -> None:
    """Items have come, gone, or are not what they were."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE_ITEMS, [list(item_ids)])
        for (album_id,) in cursor.fetchall():
            _ring_on_commit(album_id)


def close(album_id: UUID) -> None:
    """Nobody keeps this album any more. What computers have of it stays there as it is."""
    Member.objects.filter(folder__mirror=album_id).delete()


def ring(album_id: UUID) -> None:
    """Have a worker look, soon. Without a broker the sweep does so later."""
    try:
        current_app.send_task(TASK, kwargs={"album_id": str(album_id)})
    except OperationalError as error:
        log.warning("mirror_not_posted", album=str(album_id), error=str(error))


def _ring_on_commit(album_id: UUID) -> None:
    transaction.on_commit(lambda: ring(album_id), robust=True)
