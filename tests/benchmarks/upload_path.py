"""Uploading through the service's path against the plain S3 client to the same server.

Ours: ask the API, send checksummed parts with the temporary credentials, complete (S3's answer is
checked, blob, item and job are written). The peer: boto3's own managed transfer with standing
keys, the same part size and as many threads. Rounds alternate, so that both meet the same noise.
"""

import io
import os
import statistics
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from boto3.s3.transfer import TransferConfig

from tests.benchmarks.figures import Figure
from tests.remote import THREADS, s3_client, upload

MIB = 2**20
LARGE_BYTES = 256 * MIB
SMALL_BYTES = 200 * 1024
SMALL_FILES = 100
ROUNDS = 3


def measure(*, site: str, token: str, env: dict[str, str]) -> list[Figure]:
    api = httpx.Client(
        base_url=f"{site}/api/v1/", headers={"Authorization": f"Bearer {token}"}, timeout=60
    )
    plain = s3_client(
        env["S3_ENDPOINT_URL"],
        env["S3_REGION"],
        env["S3_ACCESS_KEY_ID"],
        env["S3_SECRET_ACCESS_KEY"],
    )
    bucket = env["ORIGINALS_BUCKET"]
    large, small = _rounds(api, plain, bucket)
    return [
        Figure(
            "upload of one large file",
            "MB/s",
            *large,
            "boto3 upload_fileobj, same server, 4 threads",
            f"{LARGE_BYTES // MIB} MiB, median of {ROUNDS} rounds",
        ),
        Figure(
            "upload of small files",
            "files/s",
            *small,
            "boto3 put_object, same server, 4 threads",
            f"{SMALL_FILES} of {SMALL_BYTES // 1024} KiB; ours checks each and makes item and job",
        ),
    ]


def _rounds(
    api: httpx.Client, plain: Any, bucket: str
) -> tuple[tuple[float, float], tuple[float, float]]:
    timings: dict[str, list[float]] = {"ours": [], "peers": [], "ours small": [], "peers small": []}
    for _ in range(ROUNDS):
        content = os.urandom(LARGE_BYTES)
        timings["peers"].append(_timed(lambda c=content: _plain_upload(plain, bucket, c)))
        timings["ours"].append(_timed(lambda c=content: upload(api, c)))
        files = [os.urandom(SMALL_BYTES) for _ in range(SMALL_FILES)]
        with ThreadPoolExecutor(THREADS) as pool:
            timings["peers small"].append(
                _timed(
                    lambda f=files: list(pool.map(lambda one: _plain_put(plain, bucket, one), f))
                )
            )
            timings["ours small"].append(
                _timed(lambda f=files: list(pool.map(lambda one: upload(api, one), f)))
            )
    seconds = {name: statistics.median(values) for name, values in timings.items()}
    megabytes = LARGE_BYTES / 1e6
    return (
        (megabytes / seconds["ours"], megabytes / seconds["peers"]),
        (SMALL_FILES / seconds["ours small"], SMALL_FILES / seconds["peers small"]),
    )


def _plain_upload(s3: Any, bucket: str, content: bytes) -> None:
    s3.upload_fileobj(
        io.BytesIO(content),
        bucket,
        f"benchmark/{uuid.uuid4()}",
        Config=TransferConfig(multipart_chunksize=16 * MIB, max_concurrency=THREADS),
    )


def _plain_put(s3: Any, bucket: str, content: bytes) -> None:
    s3.put_object(Bucket=bucket, Key=f"benchmark/{uuid.uuid4()}", Body=content)


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
