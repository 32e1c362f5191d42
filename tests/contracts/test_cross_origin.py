"""Pages of the site may send bytes to the store from a browser; pages of others may not."""

import os

import httpx
import pytest

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
