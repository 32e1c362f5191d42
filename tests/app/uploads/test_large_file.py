"""Two GiB through the upload path, against a real web process whose memory stays flat."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit, urlunsplit

import httpx
import psutil
import pytest
from django.db import connection

from albums.models import Item
from mediashare.accounts.models import User
from mediashare.aws import s3
from tests.people import person
from tests.uploading import digest_of, s3_with, token_of

SIZE = 2 * 2**30 + 12345
MIB = 2**20
BLOCK = bytes(range(256)) * 4096


@pytest.fixture
def web() -> Iterator[tuple[str, psutil.Process]]:
    """Gunicorn as in production, on this test's database; its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = urlsplit(os.environ["DATABASE_URL"])._replace(
        path=f"/{connection.settings_dict['NAME']}"
    )
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "mediashare.wsgi:application"),
            *("--worker-class=gthread", "--threads=8", f"--bind=127.0.0.1:{port}"),
            "--no-control-socket",
        ],
        env={**os.environ, "DATABASE_URL": urlunsplit(address), "LOG_LEVEL": "ERROR"},
    )
    try:
        yield f"http://127.0.0.1:{port}", _answering(server, port)
    finally:
        server.terminate()
        server.wait(30)


@pytest.mark.slow
@pytest.mark.timeout(500)
@pytest.mark.django_db(transaction=True)
def test_two_gib_pass_the_web_process_by(web, buckets):
    url, process = web
    alice = person("alice")
    headers = {"Authorization": f"Bearer {token_of(alice)}"}
    with httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=120) as api:
        upload_whole(api, 3 * MIB)
        before = memory_of(process)

        item = upload_whole(api, SIZE)

        grown = memory_of(process) - before
    blob = Item.objects.get(pk=item["id"]).blob
    assert s3.head(bucket=buckets.originals, key=blob.key).size_bytes == SIZE
    last = s3.open_range(bucket=buckets.originals, key=blob.key, first=SIZE - 100)
    assert b"".join(last) == part_of(SIZE, 16 * MIB, 129)[-100:]
    assert User.objects.get().used_bytes == SIZE + 3 * MIB
    assert grown < 20 * MIB


def upload_whole(api: httpx.Client, size: int) -> dict[str, str]:
    """Upload a file that is made up part by part, several parts at once; its item."""
    answer = (
        api.post("/uploads", json={"name": "holiday.mov", "size": size}).raise_for_status().json()
    )
    client = s3_with(answer)

    def send(number: int) -> dict[str, object]:
        body = part_of(size, answer["part_size"], number)
        digest = digest_of(body)
        client.upload_part(
            Bucket=answer["target"]["bucket"],
            Key=answer["key"],
            UploadId=answer["multipart_id"],
            PartNumber=number,
            Body=body,
            ChecksumSHA256=digest,
        )
        return {"number": number, "sha256": digest}

    with ThreadPoolExecutor(6) as pool:
        parts = list(pool.map(send, range(1, answer["part_count"] + 1)))
    done = api.post(f"/uploads/{answer['id']}/complete", json={"parts": parts}).raise_for_status()
    item: dict[str, str] = done.json()
    return item


def part_of(size: int, part_size: int, number: int) -> bytes:
    """A part unlike every other: its number, then a pattern."""
    length = min(part_size, size - (number - 1) * part_size)
    return (number.to_bytes(8) + BLOCK * (length // len(BLOCK) + 1))[:length]


def memory_of(process: psutil.Process) -> int:
    """Resident bytes of a process and its children."""
    family = [process, *process.children(recursive=True)]
    return sum(member.memory_info().rss for member in family)


def _answering(server: subprocess.Popen[bytes], port: int) -> psutil.Process:
    for _ in range(200):
        try:
            httpx.get(f"http://127.0.0.1:{port}/api/v1/uploads")
        except httpx.TransportError:
            assert server.poll() is None, "gunicorn did not start"
            time.sleep(0.2)
        else:
            return psutil.Process(server.pid)
    raise TimeoutError("gunicorn does not answer")
