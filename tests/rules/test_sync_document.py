"""`docs/sync.md` is complete: another client can be written from it."""

import re
from typing import get_args

import msgspec
import pytest

from sync.protocol import activity, folders, messages, people, transfers
from sync.server.api.urls import urlpatterns
from tests.rules.test_files import PROJECT

PAGE = (PROJECT / "docs" / "sync.md").read_text()
MESSAGES = [
    each
    for module in (activity, folders, messages, people, transfers)
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, msgspec.Struct) and each is not msgspec.Struct
]


@pytest.mark.parametrize("problem", list(messages.Problem))
def test_every_problem_of_a_change_is_explained(problem):
    assert f"| `{problem}` |" in PAGE


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda each: each.name)
def test_every_address_is_named(pattern):
    # A thing is called by the first letter of what it is.
    route = re.sub(r"<\w+:(\w)\w*>", lambda found: found[1].upper(), str(pattern.pattern))

    assert re.search(rf"`(GET|POST|PATCH|DELETE) {route}\b", PAGE)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda each: each.__name__)
def test_every_field_of_every_message_is_named(message):
    missing = [name for name in message.__struct_fields__ if name not in PAGE]

    assert missing == []


def test_every_answer_and_every_grant_is_named():
    for kind in (*get_args(messages.Answer), *get_args(transfers.Grant)):
        said = kind.__struct_config__
        assert f'{{"{said.tag_field}": "{said.tag}"' in PAGE
