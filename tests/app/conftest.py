"""People who are in most tests. A test that needs more of them makes its own."""

import pytest

from mediashare.accounts.models import User
from tests.people import person


@pytest.fixture
def alice(db: None) -> User:
    return person("alice")


@pytest.fixture
def bob(db: None) -> User:
    return person("bob")
