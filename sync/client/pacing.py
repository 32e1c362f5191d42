"""Sends at a rate, in a loop of its own, since a body that waits would hold up all others.

Decides nothing: what the answers mean is read elsewhere.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Mapping

from pyreqwest.client import Client

from sync.client.traffic import Rate, Told

# What a rate is kept by.
PIECE_BYTES = 64 * 1024


class Paced:
    """Puts objects. For many threads; close it when done."""

    def __init__(self, client: Client, rate: Rate, silence_seconds: float) -> None:
        self._client, self._rate, self._silence_seconds = client, rate, silence_seconds
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="paced", daemon=True)
        self._thread.start()

    def put(
        self, url: str, headers: Mapping[str, str], body: bytes, told: Told
    ) -> tuple[int, bytes]:
        """Raises TimeoutError where nothing moves for `silence_seconds`."""
        sending = self._put(url, headers, body, told)
        return asyncio.run_coroutine_threadsafe(sending, self._loop).result()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _put(
        self, url: str, headers: Mapping[str, str], body: bytes, told: Told
    ) -> tuple[int, bytes]:
        sized = {**headers, "content-length": str(len(body))}
        async with asyncio.timeout(self._silence_seconds) as silence:
            pieces = self._pieces(body, silence, told)
            answer = await self._client.put(url).headers(sized).body_stream(pieces).build().send()
            return answer.status, (await answer.bytes()).to_bytes()

    async def _pieces(
        self, body: bytes, silence: asyncio.Timeout, told: Told
    ) -> AsyncIterator[bytes]:
        for start in range(0, len(body), PIECE_BYTES):
            piece = body[start : start + PIECE_BYTES]
            pause = self._rate.take(len(piece), now=time.monotonic())
            silence.reschedule(self._loop.time() + pause + self._silence_seconds)
            await asyncio.sleep(pause)
            yield piece
            told(len(piece))
