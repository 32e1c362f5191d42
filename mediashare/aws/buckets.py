"""Making buckets where no infrastructure code does it: on one machine, and in tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

# What pages may ask of a bucket. Players fetch pieces of files by their range.
READ = ["GET", "HEAD"]
READ_AND_SEND = [*READ, "PUT"]
EXPOSED = ["ETag", "Content-Length", "Content-Range", "x-amz-checksum-sha256"]
# A multipart upload that nobody completes is a cost that no list of objects shows.
ABANDONED_AFTER_DAYS = 7


@dataclass(frozen=True)
class Store:
    """Where an S3-compatible server is, and the keys of whoever may make buckets there."""

    endpoint_url: str
    region: str
    access_key: str
    secret_key: str


def make_bucket(store: Store, name: str, *, origins: Sequence[str], methods: Sequence[str]) -> None:
    """Have a bucket of which the pages of these origins may ask so much.

    Asking again is harmless, and brings the origins up to date.
    """
    client = _client(store)
    try:
        client.create_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {
            "BucketAlreadyOwnedByYou",
            "BucketAlreadyExists",
        }:
            raise
    client.put_bucket_cors(
        Bucket=name,
        CORSConfiguration={
            "CORSRules": [
                {
                    "AllowedOrigins": list(origins),
                    "AllowedMethods": list(methods),
                    "AllowedHeaders": ["*"],
                    "ExposeHeaders": EXPOSED,
                    "MaxAgeSeconds": 3600,
                }
            ]
        },
    )
    client.put_bucket_lifecycle_configuration(
        Bucket=name,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "abandoned uploads",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": ABANDONED_AFTER_DAYS},
                }
            ]
        },
    )


def empty_bucket(store: Store, name: str) -> None:
    """Delete every object and every unfinished upload of a bucket."""
    client = _client(store)
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=name):
        for entry in page.get("Contents", []):
            client.delete_object(Bucket=name, Key=entry["Key"])
    for parts in client.get_paginator("list_multipart_uploads").paginate(Bucket=name):
        for upload in parts.get("Uploads", []):
            client.abort_multipart_upload(
                Bucket=name, Key=upload["Key"], UploadId=upload["UploadId"]
            )


@cache
def _client(store: Store) -> "S3Client":
    return boto3.client(
        "s3",
        endpoint_url=store.endpoint_url,
        region_name=store.region,
        aws_access_key_id=store.access_key,
        aws_secret_access_key=store.secret_key,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
