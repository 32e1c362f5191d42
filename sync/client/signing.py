"""Signed requests to S3, Signature Version 4, with temporary keys. Reads no clock.

The body is not signed: what carries bytes has their SHA-256 in a signed header, which S3 checks.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"


@dataclass(frozen=True)
class Keys:
    """Keys of S3 for one region; temporary ones have a token."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    region: str


def address(base: str, key: str, query: Mapping[str, str] | None = None) -> str:
    """Where an object of a bucket is; `base` is the address of the bucket."""
    path = quote(key, safe="/~")
    asked = "&".join(
        f"{_quoted(name)}={_quoted(text)}" for name, text in sorted((query or {}).items())
    )
    return f"{base}/{path}" + (f"?{asked}" if asked else "")


def signed(
    method: str, url: str, headers: Mapping[str, str], *, keys: Keys, at: datetime
) -> dict[str, str]:
    """The headers to send with this request, those given among them, all in small letters.

    `url` is one made by `address`. S3 takes the request for 15 minutes about `at`.
    """
    split = urlsplit(url)
    moment = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{moment[:8]}/{keys.region}/s3/aws4_request"
    sent = {name.lower(): text.strip() for name, text in headers.items()} | {
        "x-amz-content-sha256": UNSIGNED,
        "x-amz-date": moment,
    }
    if keys.session_token:
        sent["x-amz-security-token"] = keys.session_token
    covered = sent | {"host": split.netloc}
    names = sorted(covered)
    lines = "".join(f"{name}:{covered[name]}\n" for name in names)
    asked = "\n".join([method, split.path, split.query, lines, ";".join(names), UNSIGNED])
    digest = hashlib.sha256(asked.encode()).hexdigest()
    key = _day_key(keys.secret_access_key, moment[:8], keys.region)
    signature = hmac.digest(key, f"{ALGORITHM}\n{moment}\n{scope}\n{digest}".encode(), "sha256")
    sent["authorization"] = (
        f"{ALGORITHM} Credential={keys.access_key_id}/{scope}, "
        f"SignedHeaders={';'.join(names)}, Signature={signature.hex()}"
    )
    return sent


def _quoted(text: str) -> str:
    return quote(text, safe="~")


@lru_cache(maxsize=16)
def _day_key(secret: str, day: str, region: str) -> bytes:
    key = b"AWS4" + secret.encode()
    for step in (day, region, "s3", "aws4_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    return key
