"""Signed addresses, on the real server: each takes one part, of these bytes, for a while."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from mediashare.aws import s3
from mediashare.aws.client import NotFound
from mediashare.storage import assembling, granting
from mediashare.storage.parts import SMALLEST_PART
from tests.uploading import digest_of

PARTS = [bytes([number]) * SMALLEST_PART for number in range(3)] + [b"the end"]
SIZE = sum(map(len, PARTS))
DIGESTS = {number: digest_of(body) for number, body in enumerate(PARTS, 1)}
SMALL = b"a small photo"


@pytest.fixture
def addresses(make_upload):
    """Addresses for the parts of a large file."""
    return granting.addresses_for(make_upload(SIZE), DIGESTS, now=timezone.now())[0]


@pytest.fixture
def small(make_upload):
    """A small file's upload, and the one address that takes it."""
    upload = make_upload(len(SMALL), in_parts=False)
    digests = {1: digest_of(SMALL)}
    [address], _ = granting.addresses_for(upload, digests, now=timezone.now())
    return upload, address


def put(address, body: bytes, **headers: str | None) -> httpx.Response:
    sent = {**address.headers, **{n.replace("_", "-"): v for n, v in headers.items()}}
    return httpx.put(
        address.url, content=body, headers={n: v for n, v in sent.items() if v is not None}
    )


def test_parts_are_sent_in_parallel_and_joined_by_the_service(make_upload, buckets):
    upload = make_upload(SIZE)
    found, _ = granting.addresses_for(upload, DIGESTS, now=timezone.now())

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(put, found, PARTS))
    assembling.assemble(upload, DIGESTS)

    assert [answer.status_code for answer in answers] == [200] * 4
    stored = b"".join(s3.open_range(bucket=buckets.originals, key=upload.key))
    assert stored == b"".join(PARTS)


def test_a_small_file_is_sent_in_one_piece_and_keeps_its_type(small, buckets):
    upload, address = small

    assert put(address, SMALL).status_code == 200

    stored = s3.head(bucket=buckets.originals, key=upload.key)
    assert stored.sha256 == digest_of(SMALL)
    assert stored.content_type == "image/jpeg"
    assert stored.metadata["upload"] == str(upload.pk)


def test_what_is_stored_is_not_replaced(small, buckets):
    _, address = small
    put(address, SMALL)

    assert put(address, SMALL).status_code == 412
    assert put(address, SMALL, if_none_match=None).status_code == 403


def test_an_address_takes_only_the_bytes_it_was_signed_for(small, addresses, buckets):
    upload, address = small
    same_length = b"x" * len(SMALL)

    assert put(address, same_length).status_code == 400
    changed = put(address, same_length, x_amz_checksum_sha256=digest_of(same_length))
    assert changed.status_code == 403
    assert put(address, SMALL + b"and more").status_code == 403
    assert put(addresses[0], PARTS[1]).status_code == 400
    with pytest.raises(NotFound):
        s3.head(bucket=buckets.originals, key=upload.key)


def test_an_address_cannot_be_bent_to_another_place(addresses, make_upload):
    url, headers = addresses[0].url, addresses[0].headers
    another = make_upload(SIZE)
    own_key = httpx.URL(url).path

    bent = [
        url.replace("partNumber=1", "partNumber=2"),
        url.replace(own_key, own_key + "2"),
        url.replace(own_key, own_key.rpartition("/originals/")[0] + "/" + another.key),
        url.replace("uploadId=", "uploadId=x"),
        url.replace("X-Amz-Expires=3600", "X-Amz-Expires=36000"),
        url.partition("?")[0],
    ]

    answers = [httpx.put(each, content=PARTS[0], headers=headers) for each in bent]
    assert [answer.status_code for answer in answers] == [403] * len(bent)


@pytest.mark.parametrize("verb", ["GET", "HEAD", "DELETE", "POST"])
def test_an_address_allows_no_other_verb(small, verb):
    _, address = small
    put(address, SMALL)

    assert httpx.request(verb, address.url, headers=address.headers).status_code in {403, 405}
    assert httpx.request(verb, address.url).status_code in {403, 405}


def test_an_address_dies(make_upload, settings):
    life = timedelta(seconds=settings.UPLOAD_CREDENTIALS_SECONDS)
    upload = make_upload(SIZE)
    now = timezone.now()

    nearly, dies_at = granting.addresses_for(upload, DIGESTS, now=now - life + timedelta(minutes=2))
    dead, died_at = granting.addresses_for(upload, DIGESTS, now=now - life - timedelta(seconds=1))

    assert died_at < now < dies_at
    assert put(nearly[0], PARTS[0]).status_code == 200
    late = put(dead[1], PARTS[1])
    assert late.status_code == 403
    assert "expired" in late.text
