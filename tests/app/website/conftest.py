"""The browsers that Alice and Bob sit at."""

import pytest
from django.test import Client

from mediashare.accounts.models import User
from sync.server import actions
from sync.server.models import Folder
from tests.app.sync.changing import change, file, folder
from tests.app.sync.committing import commit


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


@pytest.fixture
def papers(alice: User) -> Folder:
    """Alice's folder: a.txt, and Accounts with 2026 and sums.ods in that."""
    made = actions.create_folder(owner=alice, name="Papers").folder
    commit(made, change("accounts", 0, folder("Accounts")), change("a", 0, file("a.txt", "one")))
    commit(made, change("year", 0, folder("2026", "accounts")))
    commit(made, change("sums", 0, file("sums.ods", "sums", "year")))
    return made
