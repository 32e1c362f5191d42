"""What a client program does to upload: asks the API, sends bytes to S3 by itself, completes."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
import httpx
from botocore.config import Config
from rest_framework.test import APIClient

from mediashare.accounts.models import ApiToken, User


def digest_of(content: bytes) -> str:
    """SHA-256 as S3 wants it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def hex_digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def token_of(owner: User, *scopes: str) -> str:
    """The secret of a new API token."""
    secret = ApiToken.new_secret()
    ApiToken.objects.create(
        owner=owner,
        name="test",
        scopes=list(scopes or ApiToken.Scope.values),
        digest=ApiToken.digest_of(secret),
        hint=secret[-4:],
    )
    return secret


def client_of(owner: User, *scopes: str) -> APIClient:
    """The API as a program with this person's token sees it."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token_of(owner, *scopes)}")
    return client


def s3_with(answer: Mapping[str, Any]) -> Any:
    """The S3 client that an upload's answer, with its credentials, allows."""
    held, target = answer["credentials"], answer["target"]
    return boto3.client(
        "s3",
        endpoint_url=target["endpoint"],
        region_name=target["region"],
        aws_access_key_id=held["access_key_id"],
        aws_secret_access_key=held["secret_access_key"],
        aws_session_token=held["session_token"],
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            retries={"total_max_attempts": 1},
        ),
    )


@dataclass
class Sender:
    """One file on its way in, through the test client or any other with `post`."""

    client: APIClient
    content: bytes
    name: str = "beach.jpg"
    wish: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)

    def begin(self, **headers: Any) -> Any:
        wish = {"name": self.name, "size": len(self.content), **self.wish}
        response = self.client.post("/api/v1/uploads", wish, format="json", **headers)
        if response.status_code < 300:
            self.answer = response.json()
        return response

    def begun(self) -> "Sender":
        response = self.begin()
        assert response.status_code in {200, 201}, response.json()
        return self

    @property
    def url(self) -> str:
        return f"/api/v1/uploads/{self.answer['id']}"

    def parts(self) -> dict[int, bytes]:
        size = self.answer["part_size"]
        starts = range(0, len(self.content), size)
        return {n: self.content[at : at + size] for n, at in enumerate(starts, 1)}

    def digests(self) -> list[dict[str, Any]]:
        return [{"number": n, "sha256": digest_of(part)} for n, part in self.parts().items()]

    def send(self, *numbers: int) -> "Sender":
        """Send these parts, or all, straight to S3."""
        chosen = {n: part for n, part in self.parts().items() if not numbers or n in numbers}
        if self.answer["method"] == "sts":
            self._send_with_credentials(chosen)
        else:
            self._send_to_addresses(chosen)
        return self

    def complete(self, **more: Any) -> Any:
        asked = {"parts": self.digests(), **more}
        return self.client.post(f"{self.url}/complete", asked, format="json")

    def addresses(self, *numbers: int) -> list[dict[str, Any]]:
        wanted = [d for d in self.digests() if not numbers or d["number"] in numbers]
        response = self.client.post(f"{self.url}/parts", {"parts": wanted}, format="json")
        assert response.status_code == 200, response.json()
        urls: list[dict[str, Any]] = response.json()["urls"]
        return urls

    def _send_with_credentials(self, parts: dict[int, bytes]) -> None:
        s3 = s3_with(self.answer)
        for number, part in parts.items():
            s3.upload_part(
                Bucket=self.answer["target"]["bucket"],
                Key=self.answer["key"],
                UploadId=self.answer["multipart_id"],
                PartNumber=number,
                Body=part,
                ChecksumSHA256=digest_of(part),
            )

    def _send_to_addresses(self, parts: dict[int, bytes]) -> None:
        for address in self.addresses(*parts):
            part = parts[address["number"]]
            sent = httpx.put(address["url"], content=part, headers=address["headers"])
            assert sent.status_code == 200, sent.text
