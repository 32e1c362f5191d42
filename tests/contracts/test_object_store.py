"""What the service and its workers ask of S3, and how its errors come back in our words."""

import resource
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from mediashare.aws import multipart, s3
from mediashare.aws.client import AlreadyThere, NotFound, Refused, Unavailable
from tests.uploading import digest_of

MIB = 2**20


def store(buckets, key: str, body: bytes) -> None:
    s3.put(bucket=buckets.originals, key=key, body=body, content_type="a/b")


def test_a_large_object_is_downloaded_in_little_memory(buckets, tmp_path):
    body = bytes(range(256)) * (256 * 1024)
    store(buckets, "large", body)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with (tmp_path / "large").open("wb") as file:
        for chunk in s3.open_range(bucket=buckets.originals, key="large"):
            file.write(chunk)

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert (tmp_path / "large").read_bytes() == body
    assert grown * 1024 < 32 * MIB


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(0, None, b"0123456789"), (0, 3, b"0123"), (4, 6, b"456"), (7, None, b"789")],
)
def test_a_range_of_an_object_is_read(buckets, first, last, expected):
    store(buckets, "digits", b"0123456789")

    read = s3.open_range(bucket=buckets.originals, key="digits", first=first, last=last)

    assert b"".join(read) == expected


def test_what_is_not_there_is_not_found(buckets):
    with pytest.raises(NotFound):
        s3.head(bucket=buckets.originals, key="nothing")
    with pytest.raises(NotFound):
        s3.open_range(bucket=buckets.originals, key="nothing")


def test_what_is_not_ours_is_refused():
    with pytest.raises(Refused):
        s3.head(bucket="somebody-elses-bucket", key="nothing")


def test_what_is_not_there_is_not_found_by_who_may_not_list_the_whole_bucket(buckets):
    """AWS says 403 to them, of any key; only a list below the key tells which it is."""
    store(buckets, "there", b"0")
    said = {"Error": {"Code": "403"}, "ResponseMetadata": {"HTTPStatusCode": 403}}

    def refuse(**_: object) -> tuple[object, object]:
        return SimpleNamespace(status_code=403), said

    events: Any = s3.s3().meta.events
    events.register("before-call.s3.HeadObject", refuse)
    try:
        with pytest.raises(NotFound):
            s3.head(bucket=buckets.originals, key="the")
        with pytest.raises(Refused):
            s3.head(bucket=buckets.originals, key="there")
    finally:
        events.unregister("before-call.s3.HeadObject", refuse)


def test_deleting_what_is_not_there_is_harmless(buckets):
    s3.delete(bucket=buckets.originals, key="nothing")
    assert s3.delete_prefix(bucket=buckets.originals, prefix="nothing/") == 0


def test_a_prefix_is_deleted_without_its_neighbours(buckets):
    for key in ("a/1", "a/b/2", "ab/3"):
        store(buckets, key, b"x")

    assert s3.delete_prefix(bucket=buckets.originals, prefix="a/") == 2

    assert list(s3.keys(bucket=buckets.originals, prefix="a")) == ["ab/3"]


def test_a_prefix_without_an_end_is_not_deleted(buckets):
    with pytest.raises(ValueError, match="slash"):
        s3.delete_prefix(bucket=buckets.originals, prefix="a")


def test_a_key_is_written_once(buckets):
    store(buckets, "once", b"first")

    with pytest.raises(AlreadyThere):
        store(buckets, "once", b"second")

    assert b"".join(s3.open_range(bucket=buckets.originals, key="once")) == b"first"


def test_parts_are_not_joined_over_an_object(buckets):
    where = {"bucket": buckets.originals, "key": "taken"}
    begun = multipart.begin(**where, content_type="a/b", metadata={})
    sent = s3.s3().upload_part(
        Bucket=buckets.originals,
        Key="taken",
        UploadId=begun,
        PartNumber=1,
        Body=b"part",
        ChecksumSHA256=digest_of(b"part"),
    )
    store(buckets, "taken", b"first")
    part = multipart.StoredPart(1, 4, digest_of(b"part"), sent["ETag"])

    with pytest.raises(AlreadyThere):
        multipart.join(**where, multipart_id=begun, parts=[part])


def test_dropping_a_multipart_upload_twice_is_harmless(buckets):
    where = {"bucket": buckets.originals, "key": "dropped"}
    begun = multipart.begin(**where, content_type="a/b", metadata={})

    multipart.drop(**where, multipart_id=begun)
    multipart.drop(**where, multipart_id=begun)

    later = timezone.now() + timedelta(hours=1)
    assert list(multipart.unfinished(bucket=buckets.originals, begun_before=later)) == []


def test_a_store_that_does_not_answer_is_unavailable(settings):
    settings.S3_ENDPOINT_URL = "http://127.0.0.1:9"

    with pytest.raises(Unavailable):
        s3.head(bucket="any", key="any")
