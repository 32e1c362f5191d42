"""The browsers that Alice and Bob sit at."""

import pytest
from django.test import Client

from mediashare.accounts.models import User


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def her(alice: User) -> Client:
    """Alice's browser."""
    return browser_of(alice)


@pytest.fixture
def his(bob: User) -> Client:
    """Bob's browser."""
    return browser_of(bob)
