"""Messages are read whoever wrote them."""

import base64
import json

import pytest

from processing.recipes.letters import LONGEST, understood


def packed(said: object) -> str:
    return base64.b64encode(json.dumps(said).encode()).decode()


def test_a_message_of_celery_names_its_task_and_its_queue():
    said = {
        "headers": {"task": "processing.tasks.media"},
        "properties": {"delivery_info": {"routing_key": "mediashare-media"}},
    }

    order = understood(packed(said))

    assert (order.task, order.queue) == ("processing.tasks.media", "mediashare-media")
    assert "processing.tasks.media" in order.text


@pytest.mark.parametrize(
    "body",
    [
        "not what Celery writes",
        "",
        packed([]),
        packed({"headers": "none", "properties": {"delivery_info": 7}}),
        packed({"headers": {"task": 7}}),
        base64.b64encode(b"\xff\xfe").decode(),
        "[" * 100_000,
    ],
)
def test_rubbish_is_shown_and_orders_nothing(body):
    order = understood(body)

    assert (order.task, order.queue) == ("", "")
    assert len(order.text) <= LONGEST + 1


def test_a_long_message_is_shortened():
    assert understood("x" * 1000).text == "x" * LONGEST + "…"
