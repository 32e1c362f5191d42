"""Which store of journals this service uses."""

from collections.abc import Callable

from django.conf import settings

from sync.server.journal import Journal
from sync.server.journal.dynamodb import DynamodbJournal
from sync.server.journal.postgresql import PostgresqlJournal

JOURNALS: dict[str, Callable[[], Journal]] = {
    "postgresql": PostgresqlJournal,
    "dynamodb": DynamodbJournal,
}


def get_journal() -> Journal:
    """The journal of all folders, as the setting SYNC_JOURNAL says."""
    return JOURNALS[settings.SYNC_JOURNAL]()
