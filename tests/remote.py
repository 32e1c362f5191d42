"""A client of a running site: the API over HTTP, the bytes straight to S3 in parallel parts."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import httpx
from botocore.config import Config

from tests.uploading import digest_of, s3_with

THREADS = 4


def api_client(site: str, token: str) -> httpx.Client:
    return httpx.Client(
        base_url=f"{site}/api/v1/", headers={"Authorization": f"Bearer {token}"}, timeout=60
    )


def upload(api: httpx.Client, content: bytes, *, name: str = "") -> dict[str, Any]:
    """Bring `content` in; the item as the API gives it."""
    begun = _answer(
        api.post(
            "uploads",
            json={"name": name or f"{uuid.uuid4()}.bin", "size": len(content)},
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )
    )
    s3, size = s3_with(begun), begun["part_size"]

    def send(number: int) -> dict[str, Any]:
        body = content[(number - 1) * size : number * size]
        digest = digest_of(body)
        s3.upload_part(
            Bucket=begun["target"]["bucket"],
            Key=begun["key"],
            UploadId=begun["multipart_id"],
            PartNumber=number,
            Body=body,
            ChecksumSHA256=digest,
        )
        return {"number": number, "sha256": digest}

    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(send, range(1, begun["part_count"] + 1)))
    return _answer(api.post(f"uploads/{begun['id']}/complete", json={"parts": parts}))


def s3_client(endpoint: str, region: str, key: str, secret: str) -> Any:
    """Plain S3 with standing keys."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )


def _answer(response: httpx.Response) -> dict[str, Any]:
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer
