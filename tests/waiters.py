"""Clients that wait for changes, many in one event loop, each with a connection of its own."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Told:
    """An answer, and when it came by the event loop's clock."""

    status: int
    headers: dict[str, str]
    body: Any
    at: float


async def wait_for_changes(
    port: int, folder_id: UUID, *, token: str, since: int, seconds: int
) -> Told:
    """Ask the waiting process on this machine, and return when it answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    try:
        writer.write(
            f"GET /sync/v1/folders/{folder_id}/changes?since={since}&wait={seconds} HTTP/1.1\r\n"
            f"host: 127.0.0.1\r\nauthorization: Bearer {token}\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        body = await reader.readexactly(int(headers["content-length"]))
    finally:
        writer.close()
    at = asyncio.get_running_loop().time()
    return Told(int(first.split()[1]), headers, json.loads(body), at)
