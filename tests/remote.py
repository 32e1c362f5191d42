"""A client of a running site: the API over HTTP, the bytes straight to S3 in parallel parts."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import boto3
import httpx
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from tests.uploading import digest_of

THREADS = 4
STORE = httpx.Client(timeout=120)


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
    size = begun["part_size"]

    def send(number: int) -> dict[str, Any]:
        body = content[(number - 1) * size : number * size]
        digest = digest_of(body)
        _send_part(begun, number, body, digest)
        return {"number": number, "sha256": digest}

    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(send, range(1, begun["part_count"] + 1)))
    return _answer(api.post(f"uploads/{begun['id']}/complete", json={"parts": parts}))


def _send_part(begun: dict[str, Any], number: int, body: bytes, digest: str) -> None:
    """One signed PUT. A boto3 client for each upload would cost more than the upload."""
    target, held = begun["target"], begun["credentials"]
    keys = Credentials(held["access_key_id"], held["secret_access_key"], held["session_token"])
    query = f"partNumber={number}&uploadId={quote(begun['multipart_id'], safe='')}"
    url = f"{target['endpoint']}/{target['bucket']}/{begun['key']}?{query}"
    request = AWSRequest("PUT", url, data=body, headers={"x-amz-checksum-sha256": digest})
    S3SigV4Auth(keys, "s3", target["region"]).add_auth(request)
    sent = STORE.put(url, content=body, headers=dict(request.headers))
    sent.raise_for_status()


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
