"""One at a time for each person, for whatever changes groups and stacks.

A lock on the person's row would hold up uploads, whose quota is counted there.
"""

import hashlib
from uuid import UUID

from django.db import connection


def take(owner_id: UUID) -> None:
    """Wait for this person's turn, and hold it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(owner_id)])


def try_to_take(owner_id: UUID) -> bool:
    """The same without waiting; False when somebody else has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_number(owner_id)])
        return bool(cursor.fetchone()[0])


def _number(owner_id: UUID) -> int:
    digest = hashlib.blake2b(b"albums.similar" + owner_id.bytes, digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
