"""People who are in most tests. A test that needs more of them makes its own."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from mediashare.accounts.models import User
from processing import lease
from tests.people import person


@pytest.fixture
def alice(db: None) -> User:
    return person("alice")


@pytest.fixture
def bob(db: None) -> User:
    return person("bob")


@pytest.fixture(scope="session", autouse=True)
def no_list_of_static_files() -> Iterator[None]:
    """Each client of a test would begin by looking at all static files, which took half the time.

    So they are looked for when they are asked for, as in development.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "WHITENOISE_AUTOREFRESH", True, raising=False)
        yield


@pytest.fixture(autouse=True)
def no_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    """A beat has a connection of its own, which sees no job that a test has not committed.

    So on a machine that is busy for longer than a beat, a test's job would lose its lease.
    """
    monkeypatch.setattr(lease, "BEAT_SECONDS", 1000.0)
