"""A service that only gives leave to send and fetch: in memory, over a real bucket."""

import os
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from mediashare.aws import multipart
from mediashare.aws.client import NotFound, Rejected
from mediashare.aws.sigv4 import Request, Signer, presign, signed
from sync.client.credentials import Grant as Keys
from sync.client.credentials import grant_of
from sync.client.leave import PartsDiffer, UploadGone
from sync.protocol import transfers
from sync.protocol.transfers import (
    Address,
    Completion,
    Credentials,
    Grant,
    Held,
    Multipart,
    Put,
    Wanted,
)

PART_BYTES = 8 * 2**20


class Granting:
    """Believes whoever has asked for an address that its bytes were sent, unless it `forgets`."""

    def __init__(self, bucket: str, *, key_id: str, secret: str) -> None:
        self.bucket = bucket
        self.prefix = f"folders/{uuid.uuid4()}/"
        self.held: dict[str, tuple[str, int]] = {}
        self.begun: dict[str, tuple[Wanted, Multipart]] = {}
        self.chunks: dict[str, str] = {}
        self.forgets = False
        self.clock: Callable[[], datetime] = partial(datetime.now, UTC)
        self._signer = Signer(key_id, secret, "", os.environ["S3_REGION"])

    def grants(self, wanted: Sequence[Wanted]) -> Sequence[Grant]:
        return [self._grant(each) for each in wanted]

    def complete(self, completion: Completion) -> None:
        wanted, begun = self.begun[completion.key]
        sizes = {
            part.number: part
            for part in multipart.stored_parts(
                bucket=self.bucket, key=begun.key, multipart_id=begun.multipart_id
            )
        }
        parts = [
            multipart.StoredPart(
                part.number, sizes[part.number].size_bytes, part.sha256, sizes[part.number].etag
            )
            for part in completion.parts
        ]
        if sum(part.size_bytes for part in parts) != wanted.size_bytes:
            raise PartsDiffer
        try:
            multipart.join(
                bucket=self.bucket, key=begun.key, multipart_id=begun.multipart_id, parts=parts
            )
        except NotFound as error:
            raise UploadGone from error
        except Rejected as error:
            raise PartsDiffer from error
        self.held[wanted.sha256] = (begun.key, wanted.size_bytes)
        if completion.chunks:
            self.chunks[wanted.sha256] = completion.chunks

    def addresses(self, sha256: Sequence[str]) -> Sequence[Address | None]:
        return [self._address(each) if each in self.held else None for each in sha256]

    def credentials(self) -> Keys:
        now = datetime.now(UTC)
        given = Credentials(
            access_key_id=self._signer.access_key_id,
            secret_access_key=self._signer.secret_access_key,
            session_token="",
            expires_at=now + timedelta(hours=1),
            bucket=self.bucket,
            prefix=self.prefix,
            region=self._signer.region,
            endpoint_url=os.environ["S3_ENDPOINT_URL"],
            may_send=True,
        )
        return grant_of(given, ahead=timedelta(0))

    def _grant(self, wanted: Wanted) -> Grant:
        if wanted.sha256 in self.held and not self.forgets:
            return Held()
        key = self.prefix + wanted.sha256
        if wanted.size_bytes > transfers.LARGEST_PUT:
            return self._begin(key, wanted)
        self.held[wanted.sha256] = (key, wanted.size_bytes)
        headers = transfers.put_headers(wanted.sha256, wanted.size_bytes)
        asked = self._request("PUT", key, headers)
        return Put(key, presign(asked, signer=self._signer, signed_at=self.clock(), seconds=3600))

    def _begin(self, key: str, wanted: Wanted) -> Multipart:
        if key not in self.begun:
            begun = multipart.begin(bucket=self.bucket, key=key, content_type="", metadata={})
            self.begun[key] = wanted, Multipart(key, begun, PART_BYTES, [])
        return self.begun[key][1]

    def _address(self, sha256: str) -> Address:
        key, size_bytes = self.held[sha256]
        asked = self._request("GET", key, {})
        url, headers = signed(asked, signer=self._signer, signed_at=self.clock())
        chunks = self.chunks.get(sha256)
        listed = self._address(chunks) if chunks else None
        return Address(sha256, size_bytes, key, url, headers, listed)

    def _request(self, method: str, key: str, headers: dict[str, str]) -> Request:
        path = f"/{self.bucket}/{key}"
        return Request(method, os.environ["S3_ENDPOINT_URL"], path, headers=headers)
