"""Keys to a folder's bytes and addresses to send to, on the real server: what they can, and cannot.

What must be refused is refused by S3 itself, whatever the service's code does.
"""

import uuid
from datetime import timedelta

import httpx
import pytest
from botocore.exceptions import ClientError
from django.utils import timezone

from mediashare.aws import multipart, s3
from sync.protocol.transfers import LARGEST_PUT, SMALLEST_PART, put_headers
from sync.server import credentials, granting
from sync.server.models import Incoming, Member
from tests.contracts.conftest import CONTENT
from tests.contracts.test_upload_credentials import client_with
from tests.uploading import digest_of, hex_digest_of

OTHER = b"dear eve"


def holder(folder, role):
    """S3 as a member of that role reaches it."""
    held = credentials.credentials_for(Member(folder=folder, role=role))
    return client_with(held.access_key_id, held.secret_access_key, held.session_token)


@pytest.fixture
def reader(folder):
    return holder(folder, Member.Role.READER)


@pytest.fixture
def editor(folder):
    return holder(folder, Member.Role.EDITOR)


def refused(act, **arguments):
    with pytest.raises(ClientError) as error:
        act(**arguments)
    return error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def part(content=CONTENT):
    return {"PartNumber": 1, "Body": content, "ChecksumSHA256": digest_of(content)}


@pytest.mark.parametrize("role", ["reader", "editor", "owner"])
def test_every_member_reads_the_folder_and_nothing_else(role, folder, stored, elsewhere, buckets):
    member, bucket = holder(folder, role), buckets.originals

    assert member.get_object(Bucket=bucket, Key=stored)["Body"].read() == CONTENT
    in_part = member.get_object(Bucket=bucket, Key=stored, Range="bytes=5-7")
    assert in_part["Body"].read() == b"bob"
    assert refused(member.get_object, Bucket=bucket, Key=elsewhere)
    assert refused(member.list_objects_v2, Bucket=bucket, Prefix=folder.prefix)


@pytest.mark.parametrize("role", ["reader", "editor", "owner"])
def test_nobody_makes_replaces_or_deletes_an_object_with_keys(role, folder, stored, buckets):
    member, bucket = holder(folder, role), buckets.originals
    new = folder.prefix + "new"

    assert refused(member.put_object, Bucket=bucket, Key=stored, Body=OTHER)
    assert refused(member.put_object, Bucket=bucket, Key=new, Body=OTHER, IfNoneMatch="*")
    assert refused(member.delete_object, Bucket=bucket, Key=stored)
    source = {"Bucket": bucket, "Key": stored}
    assert refused(member.copy_object, Bucket=bucket, Key=new, CopySource=source)
    assert s3.head(bucket=bucket, key=stored).size_bytes == len(CONTENT)


def test_a_reader_sends_no_parts(reader, begun, stored):
    source = {"Bucket": begun["Bucket"], "Key": stored}

    assert refused(reader.upload_part, **begun, **part())
    assert refused(reader.upload_part_copy, **begun, PartNumber=1, CopySource=source)
    assert refused(reader.complete_multipart_upload, **begun, MultipartUpload={"Parts": []})


def test_an_editor_sends_parts_and_the_service_joins_them(editor, begun, buckets):
    editor.upload_part(**begun, **part())

    assert refused(
        editor.complete_multipart_upload,
        **begun,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": "x"}]},
    )
    _join(begun, [CONTENT])
    got = b"".join(s3.open_range(bucket=buckets.originals, key=begun["Key"]))
    assert got == CONTENT


def test_an_editor_has_ranges_of_the_folder_copied_and_of_no_other(
    editor, begun, folder, elsewhere, buckets
):
    old = b"a" * SMALLEST_PART + b"b" * SMALLEST_PART
    key = f"{folder.prefix}{uuid.uuid4()}/old"
    s3.put(bucket=buckets.originals, key=key, body=old, content_type="text/plain")
    source = {"Bucket": buckets.originals, "Key": key}

    editor.upload_part_copy(
        **begun,
        PartNumber=1,
        CopySource=source,
        CopySourceRange=f"bytes={SMALLEST_PART}-{2 * SMALLEST_PART - 1}",
    )
    editor.upload_part(**begun, **{**part(b"end"), "PartNumber": 2})
    assert refused(
        editor.upload_part_copy,
        **begun,
        PartNumber=3,
        CopySource={"Bucket": buckets.originals, "Key": elsewhere},
    )

    _join(begun, [b"b" * SMALLEST_PART, b"end"])
    assert s3.head(bucket=buckets.originals, key=begun["Key"]).size_bytes == SMALLEST_PART + 3


def _join(begun, contents):
    """As the service does, with the digests that the sender gave."""
    where = {"bucket": begun["Bucket"], "key": begun["Key"], "multipart_id": begun["UploadId"]}
    stored = multipart.stored_parts(**where)
    parts = [
        multipart.StoredPart(each.number, each.size_bytes, digest_of(content), each.etag)
        for each, content in zip(stored, contents, strict=True)
    ]
    multipart.join(**where, parts=parts)


def test_an_editor_sends_no_parts_to_another_folder(editor, buckets):
    key = f"folders/{uuid.uuid4()}/{uuid.uuid4()}/large"
    multipart_id = multipart.begin(
        bucket=buckets.originals, key=key, content_type="text/plain", metadata={}
    )

    assert refused(
        editor.upload_part,
        Bucket=buckets.originals,
        Key=key,
        UploadId=multipart_id,
        **part(),
    )


@pytest.fixture
def awaited(folder):
    return Incoming(
        folder=folder,
        batch=uuid.uuid4(),
        sha256=hex_digest_of(CONTENT),
        size_bytes=len(CONTENT),
    )


def send(incoming, content=CONTENT, *, now=None, **headers):
    url = granting._address(incoming, now or timezone.now())
    signed = put_headers(incoming.sha256, incoming.size_bytes)
    return httpx.put(url, content=content, headers={**signed, **headers})


def test_an_address_takes_its_bytes_once(awaited, buckets):
    assert send(awaited).status_code == 200
    assert send(awaited).status_code == 412

    stored = s3.head(bucket=buckets.originals, key=awaited.key)
    assert (stored.size_bytes, stored.sha256) == (len(CONTENT), digest_of(CONTENT))


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (OTHER, {}),
        (OTHER, {"x-amz-checksum-sha256": digest_of(OTHER)}),
        (CONTENT + b"!", {"content-length": str(len(CONTENT) + 1)}),
        (CONTENT, {"if-none-match": "x"}),
    ],
    ids=["other bytes", "another digest", "another length", "without the condition"],
)
def test_an_address_takes_no_other_bytes(content, headers, awaited, buckets):
    assert send(awaited, content, **headers).status_code in {400, 403}
    assert not list(s3.keys(bucket=buckets.originals, prefix=awaited.key))


def test_an_address_that_is_too_old_takes_nothing(awaited):
    assert send(awaited, now=timezone.now() - timedelta(hours=2)).status_code == 403


def test_an_empty_file_is_sent_too(awaited, buckets):
    awaited.sha256, awaited.size_bytes = hex_digest_of(b""), 0

    assert send(awaited, b"").status_code == 200
    assert list(s3.sizes(bucket=buckets.originals, prefix=awaited.prefix)) == [(awaited.key, 0)]


def test_what_is_sent_in_one_piece_would_fit_into_a_part():
    assert LARGEST_PUT > SMALLEST_PART
