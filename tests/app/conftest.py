"""People who are in most tests. A test that needs more of them makes its own."""

import pytest

from mediashare.accounts.models import User
from processing import lease
from tests.people import person


@pytest.fixture
def alice(db: None) -> User:
    return person("alice")


@pytest.fixture
def bob(db: None) -> User:
    return person("bob")


@pytest.fixture(autouse=True)
def no_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    """A beat has a connection of its own, which sees no job that a test has not committed.

    So on a machine that is busy for longer than a beat, a test's job would lose its lease.
    """
    monkeypatch.setattr(lease, "BEAT_SECONDS", 1000.0)
