"""What tests share: the buckets of the test servers, and a whole running site.

The servers themselves come from the plugin `tests.servers`.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import hypothesis
import pytest

from mediashare.aws import buckets as aws_buckets
from mediashare.embedded.stack import Plan, Stack
from tests.servers import free_port, quiet_console, temporary_home

# Short enough that a test sees a lease end and a sweep come by.
SITE_SETTINGS = {
    "JOB_LEASE_SECONDS": "8",
    "JOB_SWEEP_SECONDS": "1",
    "JOB_RETRY_SECONDS": "1",
    # One address signs in for all the people of all the journeys.
    "THROTTLE_SIGN_IN": "1000/m/ip",
}

# Whose tests take seconds each, beside those of the running site; those of others take moments.
LONG = ("tests/contracts/", "tests/simulation/")


@dataclass(frozen=True)
class Buckets:
    """Names of this test worker's own buckets, empty at the start of a test."""

    originals: str
    renditions: str
    store: aws_buckets.Store


# A busy neighbour is no fault of an example.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Tests of the running site go to one worker, so that only one site runs.

    What takes long comes first, so that in the end no worker waits for another. xdist itself
    begins with groups, the largest first.
    """
    for item in items:
        if "running_site" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("site"))
    yield
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture
def buckets() -> Iterator[Buckets]:
    """Real buckets on the test object store. What a test leaves in them is removed."""
    store = aws_buckets.Store(
        endpoint_url=os.environ["S3_ENDPOINT_URL"],
        region=os.environ["S3_REGION"],
        access_key=os.environ["TEST_S3_ADMIN_KEY"],
        secret_key=os.environ["TEST_S3_ADMIN_SECRET"],
    )
    both = Buckets(os.environ["ORIGINALS_BUCKET"], os.environ["RENDITIONS_BUCKET"], store)
    yield both
    aws_buckets.empty_bucket(store, both.originals)
    aws_buckets.empty_bucket(store, both.renditions)


@pytest.fixture(scope="session")
def running_site() -> Iterator[Stack]:
    """Everything in one: servers, web, worker and timer, with data of its own.

    `running_site.url` is its address, `.settings` its settings; parts can be killed, stopped and
    started by name. It is shared: a test leaves all parts running.
    """
    home = temporary_home()
    port = free_port()
    plan = Plan(settings=SITE_SETTINGS, web_port=port, durable=False)
    try:
        with Stack(home, plan, quiet_console(home)) as stack:
            yield stack
    finally:
        shutil.rmtree(home, ignore_errors=True)
