"""What client and service say to each other of bytes. Nothing here sends any.

Bytes are known by their SHA-256, go between client and S3 alone, and never change. Leave to send
them and the question whether they are held are one exchange.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from sync.protocol.messages import Digest, Size

MIB = 2**20
# Files up to here are sent in one piece.
LARGEST_PUT = 8 * MIB
# What one request may ask for. Each multipart upload is a request of the service to S3.
MOST_WANTED = 1_000
MOST_MULTIPARTS = 20
# S3's own limits for parts; the last may be smaller.
SMALLEST_PART = 5 * MIB
MOST_PARTS = 10_000

Key = Annotated[str, Meta(pattern="^[^\\x00]*$", max_length=300)]
# SHA-256 as S3 writes it.
Base64Digest = Annotated[str, Meta(pattern="^[A-Za-z0-9+/]{43}=$", max_length=44)]


class Wanted(Struct, frozen=True, gc=False):
    """Bytes that the folder is to hold."""

    sha256: Digest
    size_bytes: Size


class Wishes(Struct, frozen=True):
    wanted: Annotated[Sequence[Wanted], Meta(max_length=MOST_WANTED)]


class Held(Struct, frozen=True, gc=False, tag="held", tag_field="grant"):
    """The folder holds them already. Send nothing."""


class Put(Struct, frozen=True, gc=False, tag="put", tag_field="grant"):
    """Send them by PUT to `url`, with exactly the headers of `put_headers`.

    S3 takes these bytes and no others, and takes them once. 412 says that they are there.
    """

    key: Key
    url: str


class SentPart(Struct, frozen=True, gc=False):
    """A part that S3 has. Not every server tells the digest; it is empty then."""

    number: int
    size_bytes: Size
    sha256: str


class Multipart(Struct, frozen=True, gc=False, tag="multipart", tag_field="grant"):
    """Send them in parts to `key`, with the folder's credentials, then complete them.

    Parts have `part_bytes` or whatever suits, but no less than 5 MiB except for the last. `sent`
    is what is there of an earlier attempt.
    """

    key: Key
    multipart_id: str
    part_bytes: int
    sent: Sequence[SentPart]


Grant = Held | Put | Multipart


class Grants(Struct, frozen=True):
    """A grant for each wish, in the same order. Addresses are good until `expires_at`."""

    grants: Sequence[Grant]
    expires_at: datetime


class Part(Struct, frozen=True, gc=False):
    """A part that was sent, or copied by S3, with its SHA-256 in base64."""

    number: Annotated[int, Meta(ge=1, le=MOST_PARTS)]
    sha256: Base64Digest


class Completion(Struct, frozen=True, omit_defaults=True):
    """All the parts of one file, in order.

    `chunks` is the digest of a list of the file's chunks, for whoever fetches only what differs
    later. The folder was to hold it like anything else, and does not look into it.
    """

    key: Key
    parts: Annotated[Sequence[Part], Meta(min_length=1, max_length=MOST_PARTS)]
    chunks: Digest | None = None


class Abandoned(Struct, frozen=True):
    """Keys to which nothing more is sent. What was sent to them is thrown away."""

    keys: Annotated[Sequence[Key], Meta(max_length=MOST_WANTED)]


class Located(Struct, frozen=True, omit_defaults=True):
    """Contents to be fetched. With `in_headers`, leave comes in headers, not in the address."""

    sha256: Annotated[Sequence[Digest], Meta(max_length=MOST_WANTED)]
    in_headers: bool = False


class Address(Struct, frozen=True, gc=False, omit_defaults=True):
    """Where bytes are: `url` for GET with `headers`, also of ranges.

    `key` is for who has the folder's credentials; empty when they do not reach it. `chunks` is
    where the list of its chunks is, if it has one.
    """

    sha256: Digest
    size_bytes: Size
    key: Key
    url: str
    headers: Mapping[str, str] = {}
    chunks: "Address | None" = None


class Addresses(Struct, frozen=True):
    """In the order of the question; null for what the folder does not hold."""

    addresses: Sequence[Address | None]
    expires_at: datetime


class Credentials(Struct, frozen=True):
    """Keys to S3 below `prefix`: to read, and with `may_send` to send parts and copy them.

    `endpoint_url` is empty for AWS itself. With them no object can be made, replaced or deleted.
    """

    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_at: datetime
    bucket: str
    prefix: str
    region: str
    endpoint_url: str
    may_send: bool


def put_headers(sha256: str, size_bytes: int) -> dict[str, str]:
    """The headers that are signed into the address of a `Put`. `sha256` is hex."""
    return {
        "content-length": str(size_bytes),
        "if-none-match": "*",
        "x-amz-checksum-sha256": b64encode(bytes.fromhex(sha256)).decode(),
    }
