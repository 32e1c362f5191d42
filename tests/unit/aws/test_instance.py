"""What an EC2 instance says of its own end, and everything else it may answer."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from mediashare.aws import instance
from mediashare.aws.client import Unavailable
from mediashare.aws.instance import Instance
from tests.metadata import INTERRUPTION, REBALANCE, MetadataService, metadata_service


@pytest.fixture
def service() -> Iterator[MetadataService]:
    with metadata_service() as running:
        yield running


@pytest.fixture
def ec2(service) -> Instance:
    return Instance(service.address)


def test_nothing_is_said_while_the_instance_may_stay(ec2):
    assert ec2.interruption() is None
    assert ec2.rebalance() is None


def test_an_interruption_says_when(service, ec2):
    ends_at = service.interrupt()

    assert ec2.interruption() == ends_at


def test_a_rebalance_says_since_when(service, ec2):
    service.recommend_rebalance()

    assert ec2.rebalance() == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert ec2.interruption() is None


def test_one_token_serves_many_questions(service, ec2):
    for _ in range(3):
        ec2.interruption()
        ec2.rebalance()

    assert service.tokens_given == 1
    assert service.asked == [INTERRUPTION, REBALANCE] * 3


def test_a_token_that_ran_out_is_replaced(service, ec2):
    ec2.interruption()
    service.token = "second"
    ends_at = service.interrupt()

    assert ec2.interruption() == ends_at
    assert service.tokens_given == 2


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_service_out_of_order_is_not_an_interruption(service, ec2, status):
    service.status = status

    with pytest.raises(Unavailable):
        ec2.interruption()


@pytest.mark.parametrize("answer", ["", "null", "[]", "{}", '{"time": 5}', '{"time": "soon"}'])
def test_an_answer_that_makes_no_sense_is_not_an_interruption(service, ec2, answer):
    service.answers[INTERRUPTION] = answer

    with pytest.raises(Unavailable):
        ec2.interruption()


def test_a_slow_service_is_given_up(service, ec2, monkeypatch):
    monkeypatch.setattr(instance, "TIMEOUT_SECONDS", 0.1)
    service.delay_seconds = 0.5

    with pytest.raises(Unavailable):
        ec2.interruption()


def test_where_there_is_no_service_there_is_no_answer(service):
    elsewhere = Instance("http://127.0.0.1:9")

    with pytest.raises(Unavailable):
        elsewhere.rebalance()
