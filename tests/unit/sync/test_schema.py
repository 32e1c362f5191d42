"""The protocol as OpenAPI: what each address takes and gives, and what is in each message."""

import json
import re

import pytest

from sync.server.api.schema import described
from sync.server.api.urls import urlpatterns


@pytest.fixture(scope="module")
def document():
    return json.loads(json.dumps(described()))


def test_every_address_is_described(document):
    routes = {
        "/" + re.sub(r"<\w+:(\w+?)(_id)?>", r"{\1}", str(each.pattern)) for each in urlpatterns
    }

    assert set(document["paths"]) == routes - {"/schema"}


def test_every_reference_leads_somewhere(document):
    schemas = document["components"]["schemas"]
    named = re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document))

    assert {"Change", "File", "Conflict", "Grants", "Multipart", "TreeEnd"} <= set(schemas)
    assert set(named) <= set(schemas)


def test_a_change_is_described_with_its_limits(document):
    change = document["components"]["schemas"]["Change"]

    assert change["required"] == ["key", "entry", "base", "after"]
    assert change["properties"]["entry"]["pattern"] == "^[0-9a-f]{32}$"
