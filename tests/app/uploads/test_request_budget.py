"""What an upload costs in requests, counted where they leave this process for real servers."""

import io
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from rest_framework.test import APIClient
from urllib3.connectionpool import HTTPConnectionPool

from albums.models import Item
from deploy.simulate import budget
from deploy.simulate.budget import Requests
from tests.app.processing.originals import processed
from tests.app.sync.syncing import Computer, new_file
from tests.uploading import Sender, client_of, token_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("buckets")]

# Two parts of 16 MiB, the second nearly empty.
LARGE = b"0123456789abcdef" * 2**20 + b"end"


@dataclass
class Meter:
    """Counts requests to S3 and STS, but not what the clients of these tests send by httpx."""

    counted: Requests = field(default_factory=Requests)

    def note(self, method: str, url: str, body: object) -> None:
        if isinstance(body, str) and "Action=AssumeRole" in body:
            self.counted += Requests(sts=1)
        elif method in {"PUT", "POST"} or "uploadId=" in url or "list-type=" in url:
            self.counted += Requests(dear=1)
        elif method in {"GET", "HEAD"}:
            self.counted += Requests(cheap=1)


@pytest.fixture
def meter(monkeypatch) -> Meter:
    meter, urlopen = Meter(), HTTPConnectionPool.urlopen

    def counting(pool: HTTPConnectionPool, method: str, url: str, *more: Any, **named: Any) -> Any:
        meter.note(method, url, named.get("body"))
        return urlopen(pool, method, url, *more, **named)

    monkeypatch.setattr(HTTPConnectionPool, "urlopen", counting)
    return meter


class CountingClient(APIClient):
    """Remembers which addresses of the service were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def post(self, path: Any, *more: Any, **named: Any) -> Any:
        self.asked.append(str(path))
        return super().post(path, *more, **named)


def photo() -> bytes:
    """As large as those that get every picture there is."""
    body = io.BytesIO()
    Image.linear_gradient("L").resize((3000, 2000)).save(body, "JPEG")
    return body.getvalue()


def test_a_photo_costs_what_is_budgeted_from_upload_to_picture(alice, method, meter):
    client = CountingClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token_of(alice)}")
    sender = Sender(client, photo())
    with CaptureQueriesContext(connection) as queries:
        assert sender.begun().send().complete().status_code == 201
    by_browser = Requests(dear=1 if method == "presigned" else 0)

    assert meter.counted + by_browser == budget.UPLOAD[method]
    assert len(client.asked) == budget.ASKED[method]
    assert len(queries) <= budget.QUERIES[method]

    meter.counted = Requests()
    processed(Item.objects.get().blob)

    assert meter.counted == budget.PHOTO


def test_a_further_part_costs_one_request_of_the_client_and_none_of_the_service(
    alice, settings, meter
):
    settings.UPLOAD_METHOD = "sts"
    sender = Sender(client_of(alice), LARGE)

    sender.begun().send().complete()

    assert meter.counted == budget.UPLOAD["sts"] + budget.PART


@pytest.mark.parametrize("files", [1, 20])
def test_files_of_a_synced_folder_cost_a_request_each_and_one_look_at_all(alice, meter, files):
    hers = Computer(alice)
    hers.make_folder("Papers")
    contents = [f"page {number}".encode() for number in range(files)]

    hers.send(*contents)
    hers.commit(*(new_file(f"{n}.txt", content) for n, content in enumerate(contents)))

    by_client = Requests(dear=files * budget.SYNCED.dear)
    assert meter.counted + by_client == by_client + budget.COMMIT
