"""The stores of journals, each of which passes one suite."""

from collections.abc import Callable

import pytest

from sync.server.journal import Journal
from sync.server.journal.postgresql import PostgresqlJournal
from tests.memory_journal import MemoryJournal

JOURNALS: dict[str, Callable[[], Journal]] = {
    "memory": MemoryJournal,
    "postgresql": PostgresqlJournal,
}


@pytest.fixture(params=JOURNALS)
def journal(request: pytest.FixtureRequest) -> Journal:
    """Each store in turn. A new one is a line in JOURNALS."""
    return JOURNALS[request.param]()
