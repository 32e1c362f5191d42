"""What a sync client does, as tests say it: asks the service, and sends bytes to S3 by itself."""

import hashlib
import json
from typing import Any

import httpx
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from mediashare.accounts.models import User
from sync.protocol.transfers import put_headers
from tests.app.sync.changing import identity
from tests.uploading import token_of

# For a page of a list: who asks, what they may see, and what is said of it.
MOST_QUERIES = 4


class Computer:
    """One person's computer, and the folder that it is about."""

    def __init__(self, user: User, folder_id: str = "") -> None:
        self.user = user
        self.folder_id = folder_id
        self.client = APIClient()
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token_of(user, 'sync')}")

    def make_folder(self, name: str) -> str:
        answer = self.client.post("/sync/v1/folders", {"name": name}, format="json")
        assert answer.status_code == 201, answer.content
        self.folder_id = answer.json()["id"]
        return self.folder_id

    def get(self, path: str = "") -> Any:
        return self.client.get(f"/sync/v1/folders/{self.folder_id}{path}")

    def post(self, path: str, body: object = None) -> Any:
        address = f"/sync/v1/folders/{self.folder_id}{path}"
        return self.client.post(address, json.dumps(body or {}), content_type="application/json")

    def ask(self, *contents: bytes) -> Any:
        """Ask for leave to send contents."""
        wanted = [{"sha256": sha256(each), "size_bytes": len(each)} for each in contents]
        return self.post("/blobs", {"wanted": wanted})

    def send(self, *contents: bytes) -> list[str]:
        """Send small contents; how each was granted."""
        answer = self.ask(*contents)
        assert answer.status_code == 200, answer.content
        grants = answer.json()["grants"]
        for content, grant in zip(contents, grants, strict=True):
            if grant["grant"] == "put":
                put(grant["url"], content).raise_for_status()
        return [grant["grant"] for grant in grants]

    def commit(self, *changes: dict[str, Any]) -> Any:
        answer = self.post("/commit", {"changes": changes})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def tree(self, query: str = "") -> list[Any]:
        return _lines(self.get(f"/tree{query}"))

    def key_of(self, number: int) -> str:
        """The key of a change, by its number."""
        [line] = self.get(f"/changes?since={number - 1}").json()["lines"][:1]
        return str(line["key"])

    def compare(self, *digests: str, **more: int) -> list[Any]:
        return _lines(self.post("/compare", {"digests": digests, **more}))


def pages_of(computer: Computer, path: str) -> list[Any]:
    """All pages of a list; each takes a few queries, however much is on it."""
    found: list[Any] = []
    after = ""
    computer.client.get(f"/sync/v1/{path}")
    while not found or after:
        with CaptureQueriesContext(connection) as asked:
            answer = computer.client.get(f"/sync/v1/{path}", {"after": after})
        assert answer.status_code == 200, answer.content
        assert len(asked) <= MOST_QUERIES
        found.append(answer.json())
        after = found[-1].get("next", "")
    return found


def _lines(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.content
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put(url: str, content: bytes) -> httpx.Response:
    return httpx.put(url, content=content, headers=put_headers(sha256(content), len(content)))


def new_file(name: str, content: bytes, *, parent: str = "", base: int = 0) -> dict[str, Any]:
    """The change by which a file is to be there."""
    state = {
        "kind": "file",
        "parent": identity(parent) if parent else "",
        "name": name,
        "sha256": sha256(content),
        "size_bytes": len(content),
    }
    return {
        "key": identity(f"{name} {base} {content!r}"),
        "entry": identity(name),
        "base": base,
        "after": state,
    }


def new_folder(name: str) -> dict[str, Any]:
    return {
        "key": identity(f"{name} folder"),
        "entry": identity(name),
        "base": 0,
        "after": {"kind": "folder", "parent": "", "name": name},
    }


def without(name: str, base: int) -> dict[str, Any]:
    """The change by which an entry is no longer there."""
    return {"key": identity(f"{name} {base}"), "entry": identity(name), "base": base, "after": None}
