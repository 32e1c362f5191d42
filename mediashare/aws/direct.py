"""Send bytes to S3 and fetch them with one signed request, over urllib3 alone.

For each request boto3 takes three milliseconds of processor time, whatever its size, and a photo
takes five requests; reading a list of a thousand keys takes it a hundred. Only what carries bytes
of files, and long lists, come here; all else asks boto3.
"""

import base64
import os
import re
import time
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import IO, Any, BinaryIO, cast
from xml.etree import ElementTree

from botocore.exceptions import ClientError
from botocore.httpsession import where
from botocore.response import StreamingBody
from botocore.utils import get_environ_proxies
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, PoolManager, ProxyManager, Timeout

from mediashare.aws import presigned, sigv4
from mediashare.aws.client import CONNECT_SECONDS, READ_SECONDS, Unavailable, calling

CHUNK_BYTES = 2**20
# As for boto3's own requests: so often, and with a pause that doubles.
ATTEMPTS = 4
PAUSE_SECONDS = 0.1
GOOD_FOR_SECONDS = 600


def put(
    *, endpoint_url: str, bucket: str, key: str, body: BinaryIO, headers: Mapping[str, str]
) -> None:
    """Store what is in a file, which is read twice and never held whole.

    Raises Unavailable, Refused and Rejected of `mediashare.aws.client`.
    """
    origin, path = presigned.place(bucket=bucket, key=key, endpoint_url=endpoint_url)
    checked = {**headers, "x-amz-checksum-crc32": _crc32(body)}
    _send(sigv4.Request("PUT", origin, path, headers=checked), body)


def get(*, endpoint_url: str, bucket: str, key: str, ranged: Mapping[str, str]) -> Iterator[bytes]:
    """What is stored, in chunks of at most 1 MiB. Raises as `put` does, and NotFound, at once."""
    origin, path = presigned.place(bucket=bucket, key=key, endpoint_url=endpoint_url)
    return _chunks(_send(sigv4.Request("GET", origin, path, headers=ranged), None))


def listed(*, endpoint_url: str, bucket: str, query: Mapping[str, str]) -> ElementTree.Element:
    """One page of a bucket's list, as S3 writes it. Raises as `get` does."""
    origin, path = presigned.place(bucket=bucket, key="", endpoint_url=endpoint_url)
    asked = {"list-type": "2", "encoding-type": "url", **query}
    answer = _send(sigv4.Request("GET", origin, path, query=asked), None, is_short=True)
    try:
        return ElementTree.fromstring(answer.data)  # noqa: S314  # What our own store writes.
    except ElementTree.ParseError as error:
        raise Unavailable("a list broke off") from error


def _chunks(answer: BaseHTTPResponse) -> Iterator[bytes]:
    body = StreamingBody(cast("IO[bytes]", answer), int(answer.headers["Content-Length"]))
    try:
        with calling("read"):
            yield from body.iter_chunks(CHUNK_BYTES)
    finally:
        body.close()


def _send(
    request: sigv4.Request, body: BinaryIO | None, *, is_short: bool = False
) -> BaseHTTPResponse:
    """`is_short` answers are read whole."""
    for attempt in range(ATTEMPTS):
        try:
            with calling(request.method):
                return _send_once(request, body, is_short=is_short or body is not None)
        except Unavailable:
            if attempt + 1 == ATTEMPTS:
                raise
            time.sleep(PAUSE_SECONDS * 2**attempt)
    raise AssertionError


def _send_once(
    request: sigv4.Request, body: BinaryIO | None, *, is_short: bool
) -> BaseHTTPResponse:
    pool = _pool(request.origin)
    address = presigned.url(request, signed_at=datetime.now(UTC), seconds=GOOD_FOR_SECONDS)
    if isinstance(pool, HTTPConnectionPool):
        address = address.removeprefix(request.origin)
    headers = dict(request.headers)
    if body:
        headers["Content-Length"] = str(body.seek(0, os.SEEK_END))
        body.seek(0)
    answer = pool.urlopen(
        request.method,
        address,
        body=body,
        headers=headers,
        preload_content=is_short,
        decode_content=False,
        redirect=False,
        retries=False,
    )
    if answer.status >= 400:
        raise _error(answer)
    if not is_short and "Content-Length" not in answer.headers:
        # Python takes a head that breaks off for one that has ended.
        raise Unavailable("the head of an answer broke off")
    return answer


def _error(answer: BaseHTTPResponse) -> ClientError:
    code = re.search(rb"<Code>([^<]*)</Code>", answer.data)
    said: Any = {
        "Error": {"Code": code[1].decode() if code else ""},
        "ResponseMetadata": {"HTTPStatusCode": answer.status},
    }
    return ClientError(said, "direct")


@cache
def _pool(origin: str) -> HTTPConnectionPool | ProxyManager:
    """The connections to an origin, by themselves: a manager of many takes long addresses apart
    once more. A proxy wants them whole."""
    options: dict[str, Any] = {
        "timeout": Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        "maxsize": 32,
        "blocksize": CHUNK_BYTES,
        "ca_certs": where(),
    }
    proxy = get_environ_proxies(origin).get(origin.partition(":")[0])
    if proxy:
        return ProxyManager(proxy, **options)
    return PoolManager(**options).connection_from_url(origin)


def _crc32(body: BinaryIO) -> str:
    found = 0
    body.seek(0)
    while chunk := body.read(CHUNK_BYTES):
        found = zlib.crc32(chunk, found)
    return base64.b64encode(found.to_bytes(4, "big")).decode()
