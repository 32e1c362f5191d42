"""The stores of journals, each of which passes one suite: DynamoDB as two who imitate it."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest

from mediashare.aws import dynamodb
from sync.protocol.messages import MOST_CHANGES
from sync.server.journal import Journal
from sync.server.journal.dynamodb import DynamodbJournal
from sync.server.journal.postgresql import PostgresqlJournal
from tests.contracts import ministack, moto, standins
from tests.memory_journal import MemoryJournal

JOURNALS: dict[str, Callable[[], Journal]] = {
    "memory": MemoryJournal,
    "postgresql": PostgresqlJournal,
    "ministack": DynamodbJournal,
    "moto": DynamodbJournal,
}
DYNAMODBS = {"ministack": ministack.running, "moto": moto.running}


@pytest.fixture(
    params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in JOURNALS]
)
def journal(request: pytest.FixtureRequest) -> Journal:
    """Each store in turn. A new one is a line in JOURNALS."""
    if request.param in DYNAMODBS:
        request.getfixturevalue("table")
    return JOURNALS[request.param]()


@pytest.fixture
def many(request: pytest.FixtureRequest) -> int:
    """As many changes as a request may carry; moto copies its whole table too often for that."""
    return 30 if request.node.callspec.params["journal"] == "moto" else MOST_CHANGES


@pytest.fixture(scope="session")
def dynamodb_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Where a stand-in for DynamoDB answers, started when it is first asked for."""
    with ExitStack() as running:

        @cache
        def address(name: str) -> str:
            return running.enter_context(DYNAMODBS[name](tmp_path_factory.mktemp(name)))

        yield address


@pytest.fixture
def table(
    request: pytest.FixtureRequest, dynamodb_at: Callable[[str], str], settings: Any
) -> Iterator[None]:
    """A table of the test's own."""
    address = dynamodb_at(request.node.callspec.params["journal"])
    settings.DYNAMODB_ENDPOINT_URL = f"http://{address}"
    settings.S3_REGION = standins.REGION
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = standins.KEY, standins.SECRET
    settings.DYNAMODB_TABLE = f"journal-{uuid.uuid4()}"
    dynamodb.make_table()
    yield
    standins.client("dynamodb", address).delete_table(TableName=settings.DYNAMODB_TABLE)
