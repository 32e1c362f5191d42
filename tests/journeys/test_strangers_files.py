"""What a stranger's file does in a browser that opens it where CloudFront serves it: nothing.

The edge does what the template of the distribution says; the browser is a real one.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route

from mediashare.storage import delivery
from tests import stacks
from tests.edge import Answer, Edge, Parameters, Request

# The first of these may have to fetch the CDK, and makes all templates.
pytestmark = [pytest.mark.xdist_group("stacks"), pytest.mark.timeout(900)]

DOMAIN = "https://media.photos.example.org"
NOON = datetime(2024, 7, 1, 12, tzinfo=UTC)
ORIGINAL = "originals/a/b/original"
RUNS = "document.documentElement.setAttribute('class', 'ran')"
FILES = {
    "text/html": f'<p>words</p><script>{RUNS}</script><img src=x onerror="{RUNS}">',
    "image/svg+xml": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUNS}">'
    f"<script>{RUNS}</script></svg>",
}


def has_run(chromium: Browser, url: str, *, headers: Mapping[str, str], body: str) -> bool:
    """Whether the script of a file did, when it was opened."""
    context = chromium.new_context()

    def answer(route: Route) -> None:
        route.fulfill(status=200, headers=dict(headers), body=body)

    page = context.new_page()
    page.route(f"{DOMAIN}/**", answer)
    page.goto(url)
    ran = page.locator(":root").get_attribute("class") == "ran"
    context.close()
    return ran


@pytest.mark.parametrize("kind", FILES)
def test_no_script_in_a_file_runs_whatever_type_is_asked_for(chromium, settings, kind):
    settings.DELIVERY, settings.DELIVERY_WINDOW_SECONDS = "cloudfront", 6 * 3600
    settings.CLOUDFRONT_DOMAIN, settings.CLOUDFRONT_KEY_ID = DOMAIN, "KeyFirst-Id"
    settings.CLOUDFRONT_PRIVATE_KEY = stacks.private_key("company")

    def origin(_name: str, _key: str, _parameters: Parameters) -> Answer:
        return Answer(200, {"Content-Type": kind}, FILES[kind].encode())

    edge = Edge(stacks.of_size("company"), domain=DOMAIN, origin=origin)
    url = delivery.original_url(ORIGINAL, name="beach.jpg", now=NOON)
    at = urlsplit(url)

    found = edge.answer(Request(at.path, at.query), now=NOON)

    assert found.status == 200
    assert not has_run(chromium, url, headers=found.headers, body=found.body.decode())
    # The browser would run it, if the edge did not say otherwise.
    assert has_run(chromium, url, headers={"Content-Type": kind}, body=found.body.decode())
