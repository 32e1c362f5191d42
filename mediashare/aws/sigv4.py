"""Signed requests to S3, Signature Version 4, by HMAC alone.

boto3 signs too, but takes a millisecond for each and signs for the present second, so that
no address is the same twice. Nothing here reads a clock, a setting or the network.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"
# S3 refuses addresses that want to live longer.
LONGEST_SECONDS = 7 * 24 * 3600
# For so long S3 takes a request whose headers are signed.
HEADERS_SECONDS = 15 * 60
UNSIGNED = "UNSIGNED-PAYLOAD"


@dataclass(frozen=True)
class Signer:
    """Who signs, and for which region."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False, default="")
    region: str = "us-east-1"


@dataclass(frozen=True)
class Request:
    """What is signed: headers named here must be sent exactly so."""

    method: str
    origin: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def presign(request: Request, *, signer: Signer, signed_at: datetime, seconds: int) -> str:
    """The address at which the request may be made from `signed_at` for so many seconds."""
    scheme, _, host = request.origin.partition("://")
    headers = {name.lower(): value.strip() for name, value in request.headers.items()}
    headers["host"] = host
    moment = _moment(signed_at)
    signed_headers = ";".join(sorted(headers))
    path = quote(request.path, safe="/~")
    query_text = _query(signer, moment, seconds, signed_headers, tuple(request.query.items()))
    header_text = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    asked = [request.method, path, query_text, header_text, signed_headers, UNSIGNED]
    return (
        f"{scheme}://{host}{path}?{query_text}&X-Amz-Signature={_signature(asked, signer, moment)}"
    )


def signed(request: Request, *, signer: Signer, signed_at: datetime) -> tuple[str, dict[str, str]]:
    """The address without a signature, and the headers by which S3 takes the request.

    Those of the request are among them. They are good for `HEADERS_SECONDS`.
    """
    scheme, _, host = request.origin.partition("://")
    moment = _moment(signed_at)
    headers = {name.lower(): value.strip() for name, value in request.headers.items()} | {
        "x-amz-content-sha256": UNSIGNED,
        "x-amz-date": moment,
    }
    if signer.session_token:
        headers["x-amz-security-token"] = signer.session_token
    covered = headers | {"host": host}
    names = sorted(covered)
    lines = "".join(f"{name}:{covered[name]}\n" for name in names)
    path, query = quote(request.path, safe="/~"), _joined(request.query)
    signature = _signature(
        [request.method, path, query, lines, ";".join(names), UNSIGNED], signer, moment
    )
    headers["authorization"] = (
        f"{ALGORITHM} Credential={signer.access_key_id}/{_scope(signer, moment)}, "
        f"SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    return f"{scheme}://{host}{path}" + (f"?{query}" if query else ""), headers


def _signature(asked: Sequence[str], signer: Signer, moment: str) -> str:
    digest = hashlib.sha256("\n".join(asked).encode()).hexdigest()
    key = _day_key(signer.secret_access_key, moment[:8], signer.region)
    to_sign = f"{ALGORITHM}\n{moment}\n{_scope(signer, moment)}\n{digest}"
    return hmac.digest(key, to_sign.encode(), "sha256").hex()


# Of hundreds of addresses that are signed together, all but the path are the same.
@lru_cache(maxsize=16)
def _moment(signed_at: datetime) -> str:
    return signed_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _scope(signer: Signer, moment: str) -> str:
    return f"{moment[:8]}/{signer.region}/s3/aws4_request"


@lru_cache(maxsize=64)
def _query(
    signer: Signer,
    moment: str,
    seconds: int,
    signed_headers: str,
    more: tuple[tuple[str, str], ...],
) -> str:
    query = dict(more) | {
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{signer.access_key_id}/{_scope(signer, moment)}",
        "X-Amz-Date": moment,
        "X-Amz-Expires": str(min(seconds, LONGEST_SECONDS)),
        "X-Amz-SignedHeaders": signed_headers,
    }
    if signer.session_token:
        query["X-Amz-Security-Token"] = signer.session_token
    return _joined(query)


def _joined(query: Mapping[str, str]) -> str:
    return "&".join(sorted(f"{_quoted(name)}={_quoted(query[name])}" for name in query))


@lru_cache(maxsize=256)
def _quoted(text: str) -> str:
    return quote(text, safe="~")


@lru_cache(maxsize=64)
def _day_key(secret: str, day: str, region: str) -> bytes:
    key = b"AWS4" + secret.encode()
    for step in (day, region, "s3", "aws4_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    return key
