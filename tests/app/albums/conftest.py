"""People who are in most tests of albums."""

import pytest

from mediashare.accounts.models import User
from tests.people import person


@pytest.fixture
def alice(db: None) -> User:
    return person("alice")


@pytest.fixture
def bob(db: None) -> User:
    return person("bob")
