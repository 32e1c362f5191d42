"""Temporary credentials, on the real server: they send the parts of one upload, and nothing else.

What must be refused is refused by S3 and STS themselves, whatever the service's code does.
"""

import base64
import hmac
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from mediashare.aws import multipart, s3
from mediashare.storage import assembling, granting
from mediashare.storage.models import Upload
from mediashare.storage.parts import SMALLEST_PART
from tests.uploading import digest_of

PARTS = [bytes([number]) * SMALLEST_PART for number in range(4)] + [b"the end"]
SIZE = sum(map(len, PARTS))


@pytest.fixture
def upload(make_upload) -> Upload:
    made: Upload = make_upload(SIZE)
    return made


@pytest.fixture
def hers(upload):
    """S3 as the holder of this upload's credentials reaches it."""
    held = granting.credentials_for(upload)
    return client_with(held.access_key_id, held.secret_access_key, held.session_token)


def client_with(key_id: str, secret: str, token: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=os.environ["S3_ENDPOINT_URL"],
        region_name=os.environ["S3_REGION"],
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            retries={"total_max_attempts": 1},
        ),
    )


def send(client, bucket: str, upload: Upload, number: int = 1, body: bytes = PARTS[0], **more):
    return client.upload_part(
        Bucket=bucket,
        Key=upload.key,
        UploadId=upload.multipart_id,
        PartNumber=number,
        Body=body,
        **{"ChecksumSHA256": digest_of(body), **more},
    )


def refused(call, **named) -> bool:
    """Whether S3 says that the credentials do not allow this. Raises any other error."""
    try:
        call(**named)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 403:
            return True
        raise
    return False


def test_parts_are_sent_in_parallel_and_joined_by_the_service(upload, hers, buckets):
    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(send, hers, buckets.originals, upload, number, body)
            for number, body in enumerate(PARTS, 1)
        ]
        [job.result() for job in jobs]

    digests = {number: digest_of(body) for number, body in enumerate(PARTS, 1)}
    assembling.assemble(upload, digests)

    stored = b"".join(s3.open_range(bucket=buckets.originals, key=upload.key))
    assert stored == b"".join(PARTS)


def test_a_part_that_is_not_what_its_checksum_says_is_refused(upload, hers, buckets):
    with pytest.raises(ClientError, match="BadDigest"):
        send(hers, buckets.originals, upload, ChecksumSHA256=digest_of(b"another part"))

    where = {"bucket": buckets.originals, "key": upload.key}
    assert multipart.stored_parts(**where, multipart_id=upload.multipart_id) == []


def test_nothing_can_be_sent_to_another_upload(hers, make_upload, buckets):
    another = make_upload(SIZE)

    assert refused(send, client=hers, bucket=buckets.originals, upload=another)
    assert refused(
        hers.put_object, Bucket=buckets.originals, Key=another.key, Body=b"", IfNoneMatch="*"
    )


@pytest.mark.parametrize("step", ["", "x/", "../", "%2e%2e/"])
def test_no_key_outside_the_prefix_can_be_begun(upload, hers, step, buckets):
    prefix = upload.key.removesuffix("original")
    outside = f"{prefix.rstrip('/')}2/{step}original"

    assert refused_or_bad(hers.create_multipart_upload, Bucket=buckets.originals, Key=outside)
    assert refused_or_bad(hers.put_object, Bucket=buckets.originals, Key=outside, Body=b"")


def test_nothing_can_be_sent_to_another_bucket(upload, hers, buckets):
    assert refused(hers.put_object, Bucket=buckets.renditions, Key=upload.key, Body=b"")
    assert refused(hers.create_multipart_upload, Bucket=buckets.renditions, Key=upload.key)


def test_the_object_itself_can_neither_be_made_nor_replaced(upload, hers, buckets):
    part = send(hers, buckets.originals, upload)
    own = {"Bucket": buckets.originals, "Key": upload.key}
    joined = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}

    assert refused(hers.put_object, **own, Body=b"other bytes")
    assert refused(hers.put_object, **own, Body=b"other bytes", IfNoneMatch="*")
    assert refused(hers.create_multipart_upload, **own)
    assert refused(
        hers.complete_multipart_upload, **own, UploadId=upload.multipart_id, MultipartUpload=joined
    )


def test_nothing_can_be_changed_once_the_service_has_joined_the_parts(
    make_upload, buckets, hers, upload
):
    for number, body in enumerate(PARTS, 1):
        send(hers, buckets.originals, upload, number, body)
    assembling.assemble(upload, {n: digest_of(body) for n, body in enumerate(PARTS, 1)})

    with pytest.raises(ClientError, match="NoSuchUpload"):
        send(hers, buckets.originals, upload)
    assert refused(hers.put_object, Bucket=buckets.originals, Key=upload.key, Body=b"")


def test_nothing_can_be_read_listed_or_deleted(upload, hers, buckets):
    for number, body in enumerate(PARTS, 1):
        send(hers, buckets.originals, upload, number, body)
    assembling.assemble(upload, {n: digest_of(body) for n, body in enumerate(PARTS, 1)})
    own = {"Bucket": buckets.originals, "Key": upload.key}
    prefix = upload.key.removesuffix("original")

    assert refused(hers.get_object, **own)
    assert refused(hers.head_object, **own)
    assert refused(hers.delete_object, **own)
    assert refused(hers.get_object_tagging, **own)
    assert refused(hers.put_object_acl, **own, ACL="public-read")
    assert refused(hers.list_objects_v2, Bucket=buckets.originals)
    assert refused(hers.list_objects_v2, Bucket=buckets.originals, Prefix=prefix)
    assert refused(hers.list_multipart_uploads, Bucket=buckets.originals)
    s3.head(bucket=buckets.originals, key=upload.key)


def test_no_bytes_of_somebody_else_can_be_copied_in(upload, hers, buckets):
    s3.put(bucket=buckets.originals, key="originals/bob/1/original", body=b"x", content_type="a/b")
    source = f"{buckets.originals}/originals/bob/1/original"

    assert refused(
        hers.upload_part_copy,
        Bucket=buckets.originals,
        Key=upload.key,
        UploadId=upload.multipart_id,
        PartNumber=1,
        CopySource=source,
    )


def test_credentials_die_within_the_hour_and_are_refused_from_then_on(upload, buckets):
    held = granting.credentials_for(upload)
    assert held.expires_at.timestamp() - time.time() <= 3600

    # STS gives no life shorter than 15 minutes, so its own token is signed anew with another.
    keys = held.access_key_id, held.secret_access_key
    alive = client_with(*keys, expiring(held.session_token, seconds=120))
    dead = client_with(*keys, expiring(held.session_token, seconds=-1))

    send(alive, buckets.originals, upload)
    assert refused(send, client=dead, bucket=buckets.originals, upload=upload)


def test_a_token_that_was_tampered_with_is_refused(upload, buckets):
    held = granting.credentials_for(upload)
    forged = with_claims(held.session_token, signed_with=b"guess", exp=int(time.time()) + 86400)

    client = client_with(held.access_key_id, held.secret_access_key, forged)

    assert refused(send, client=client, bucket=buckets.originals, upload=upload)


def expiring(token: str, *, seconds: int) -> str:
    key = os.environ["TEST_STS_SIGNING_KEY"].encode()
    return with_claims(token, signed_with=key, exp=int(time.time()) + seconds)


def with_claims(token: str, *, signed_with: bytes, **claims: object) -> str:
    """A session token with other claims: the local server's tokens are signed JSON (HS256)."""
    header, body, _ = token.split(".")
    held = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    changed = encoded(json.dumps({**held, **claims}).encode())
    signature = hmac.digest(signed_with, f"{header}.{changed}".encode(), "sha256")
    return f"{header}.{changed}.{encoded(signature)}"


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def refused_or_bad(call, **named) -> bool:
    """As `refused`, where the server may also call the key itself malformed."""
    try:
        return refused(call, **named)
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
