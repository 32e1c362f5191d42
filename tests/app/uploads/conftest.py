"""People who upload, by both methods, into real buckets."""

from typing import Any

import pytest

from mediashare.accounts.models import User
from tests.people import person


@pytest.fixture
def alice(db: None) -> User:
    return person("alice")


@pytest.fixture
def bob(db: None) -> User:
    return person("bob")


@pytest.fixture(params=["sts", "presigned"])
def method(request: pytest.FixtureRequest, settings: Any) -> str:
    """Both ways of sending bytes, one after the other."""
    settings.UPLOAD_METHOD = chosen = str(request.param)
    return chosen
