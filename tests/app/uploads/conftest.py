"""Both ways of sending bytes."""

from typing import Any

import pytest


@pytest.fixture(params=["sts", "presigned"])
def method(request: pytest.FixtureRequest, settings: Any) -> str:
    """Both ways of sending bytes, one after the other."""
    settings.UPLOAD_METHOD = chosen = str(request.param)
    return chosen
