"""Originals that were deleted since the moment of a restored database come back from versions."""

from io import StringIO

import boto3
import pytest
from django.core.management import CommandError, call_command

from mediashare.aws import s3
from mediashare.storage.models import Blob
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def bucket(buckets, settings) -> str:
    """One that keeps versions, as the originals' on AWS, in the hands of who may list them."""
    store, name = buckets.store, f"{buckets.originals}-versions"
    settings.ORIGINALS_BUCKET = name
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = store.access_key, store.secret_key
    admin = boto3.client(
        "s3",
        endpoint_url=store.endpoint_url,
        region_name=store.region,
        aws_access_key_id=store.access_key,
        aws_secret_access_key=store.secret_key,
    )
    admin.create_bucket(Bucket=name)
    admin.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def test_what_the_database_speaks_of_comes_back_and_what_is_gone_is_named(bucket: str):
    alice = person("alice")
    for key in ("there", "deleted", "deleted twice", "gone"):
        Blob.objects.create(owner=alice, key=key, size_bytes=3, content_type="image/jpeg")
        if key != "gone":
            s3.put(bucket=bucket, key=key, body=b"sea", content_type="image/jpeg")
    for key in ("deleted", "deleted twice", "deleted twice"):
        s3.delete(bucket=bucket, key=key)

    said, missing = StringIO(), StringIO()
    with pytest.raises(CommandError, match="1 have no version left"):
        call_command("bring_back_objects", stdout=said, stderr=missing)

    assert (said.getvalue(), missing.getvalue()) == ("2 brought back\n", "gone: gone\n")
    stored = set(s3.sizes(bucket=bucket, prefix=""))
    assert stored == {("there", 3), ("deleted", 3), ("deleted twice", 3)}
