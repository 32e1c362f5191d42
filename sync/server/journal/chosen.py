"""Which store of journals this service uses."""

from sync.server.journal import Journal
from sync.server.journal.postgresql import PostgresqlJournal


def get_journal() -> Journal:
    """The journal of all folders."""
    return PostgresqlJournal()
