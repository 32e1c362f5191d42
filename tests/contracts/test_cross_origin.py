"""Pages of the site may send bytes to the store from a browser, and play what is in it; pages of
others may not."""

import os

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from mediashare.storage import delivery

SITE = os.environ.get("SITE_URL", "")
ASKED = "x-amz-checksum-sha256,x-amz-security-token,x-amz-date,authorization,if-none-match"


def preflight(bucket: str, origin: str, method: str = "PUT") -> httpx.Response:
    return httpx.options(
        f"{os.environ['S3_ENDPOINT_URL']}/{bucket}/originals/a/b/original",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": ASKED,
        },
    )


def test_a_page_of_the_site_may_send_parts(buckets):
    answer = preflight(buckets.originals, SITE)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().replace(" ", "").split(",")
    assert set(ASKED.split(",")) <= set(allowed)


@pytest.mark.parametrize("origin", ["https://evil.example", f"{SITE}.evil.example", "null"])
def test_a_page_of_somebody_else_may_not(origin, buckets):
    answer = preflight(buckets.originals, origin)

    assert "Access-Control-Allow-Origin" not in answer.headers


def test_an_answer_says_to_whom_it_may_be_shown(buckets):
    url = f"{os.environ['S3_ENDPOINT_URL']}/{buckets.originals}/originals/a/b/original"

    own = httpx.get(url, headers={"Origin": SITE})
    foreign = httpx.get(url, headers={"Origin": "https://evil.example"})

    assert own.headers["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Origin" not in foreign.headers


def test_a_player_on_a_page_of_the_site_may_fetch_a_piece_of_a_file(buckets):
    key = default_storage.save("renditions/a/hls-720-v1/c0.m4s", ContentFile(b"0123456789"))
    url = delivery.rendition_url(key)
    wanted = {"Range": "bytes=2-5", "Origin": SITE}

    answer = httpx.get(url, headers=wanted)

    assert (answer.status_code, answer.content) == (206, b"2345")
    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    assert answer.headers["Content-Range"] == "bytes 2-5/10"
    exposed = answer.headers["Access-Control-Expose-Headers"].lower().replace(" ", "").split(",")
    assert {"content-range", "content-length"} <= set(exposed)


def test_a_player_may_ask_for_ranges_and_no_page_may_send_renditions(buckets):
    url = f"{os.environ['S3_ENDPOINT_URL']}/{buckets.renditions}/renditions/a/c0.m4s"

    def asked(method: str) -> httpx.Response:
        headers = {
            "Origin": SITE,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "range",
        }
        return httpx.options(url, headers=headers)

    assert "range" in asked("GET").headers["Access-Control-Allow-Headers"].lower()
    assert "PUT" not in asked("PUT").headers.get("Access-Control-Allow-Methods", "")
