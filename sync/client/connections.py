"""Single requests to S3, whose answers are ours or exceptions of ours. Tries nothing again.

The one module that knows the HTTP client of transfers; what is plain goes by `plain`.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from pyreqwest.client import BaseClientBuilder, ClientBuilder, SyncClientBuilder
from pyreqwest.exceptions import RequestError

from sync.client import errors
from sync.client.parts import Span
from sync.client.plain import NotPlain, Plain
from sync.client.ports import ChangedWhileRead
from sync.client.traffic import Rate, Told, nobody

if TYPE_CHECKING:
    from sync.client.pacing import Paced

CONNECT_SECONDS = 10
SILENCE_SECONDS = 60
# A line that is slower is taken for a dead one.
SLOWEST_BYTES_PER_SECOND = 16 * 1024

BAD_BODY = frozenset({"BadDigest", "InvalidDigest", "IncompleteBody", "XAmzContentSHA256Mismatch"})
PASSING = frozenset({"RequestTimeout", "SlowDown"})

Builder = TypeVar("Builder", bound=BaseClientBuilder)


class Refused(Exception):
    """S3 does not take this signature: too old, or of keys that may not do this."""


class NotThere(Exception):
    """No such object, or no such multipart upload."""


class AlreadyThere(Exception):
    """There is an object of that name. Its bytes are those that its address was signed for."""


class NotUnderstood(Exception):
    """S3 answered what nothing here can go on after."""


class Connections:
    """Pools of connections, for many threads. Close it when done.

    `silence_seconds`: a store that says nothing for so long is given up.
    """

    def __init__(self, *, up: Rate | None = None, silence_seconds: float = SILENCE_SECONDS) -> None:
        self._silence_seconds = silence_seconds
        self._client = _configured(SyncClientBuilder()).build()
        # Of its own, since this timeout counts while a body is sent, too.
        reading = _configured(SyncClientBuilder()).read_timeout(timedelta(seconds=silence_seconds))
        self._reading = reading.build()
        self._paced = _paced(up, silence_seconds) if up else None
        self._plain = Plain(silence_seconds=silence_seconds)

    def close(self) -> None:
        self._client.close()
        self._reading.close()
        self._plain.close()
        if self._paced:
            self._paced.close()

    def put(self, url: str, headers: Mapping[str, str], body: bytes, told: Told = nobody) -> bytes:
        """The body of the answer. Raises all that is above, `errors.Offline` and `errors.Busy`.

        `told` hears of what has travelled of a large body, as far as that is known.
        """
        try:
            status, text = self._put(url, headers, body, told)
        except TimeoutError as error:
            raise errors.Offline("The object store cannot be reached: it is silent.") from error
        except OSError as error:
            raise errors.Offline(_system(error)) from error
        except RequestError as error:
            raise errors.Offline(_words(error)) from error
        if status >= 300:
            raise _failure(status, text)
        return text

    def _put(
        self, url: str, headers: Mapping[str, str], body: bytes, told: Told
    ) -> tuple[int, bytes]:
        if self._paced and body:
            return self._paced.put(url, headers, body, told)
        seconds = self._silence_seconds + len(body) / SLOWEST_BYTES_PER_SECOND
        # What has no body is work for the store itself, which says of it what it likes.
        with suppress(NotPlain):
            if body:
                return self._plain.put(url, headers, body, seconds=seconds, told=told)
        request = self._client.put(url).headers(headers).body_bytes(body)
        answer = request.timeout(timedelta(seconds=seconds)).build().send()
        return answer.status, answer.bytes().to_bytes()

    def read(self, url: str, headers: Mapping[str, str], span: Span) -> Iterator[memoryview]:
        """The bytes of a span, as they come; each piece is good until the next is asked for.

        Raises as `put` does.
        """
        try:
            yield from self._plain.read(url, headers, span.start, span.end)
        except NotPlain:
            yield from self._read_any(url, headers, span)
        except OSError as error:
            raise errors.Offline(_system(error)) from error

    def _read_any(self, url: str, headers: Mapping[str, str], span: Span) -> Iterator[memoryview]:
        ranged = {**headers, "range": f"bytes={span.start}-{span.end - 1}"}
        request = self._reading.get(url).headers(ranged)
        try:
            with request.build_streamed() as answer:
                if answer.status >= 300:
                    raise _failure(answer.status, answer.bytes().to_bytes())
                # As they came: what gathers them into larger ones keeps twice the memory.
                while piece := answer.body_reader.read_chunk():
                    yield memoryview(piece)
        except RequestError as error:
            raise errors.Offline(_words(error)) from error


def _paced(rate: Rate, silence_seconds: float) -> "Paced":
    # Loaded only for a rate: it brings all of asyncio along.
    from sync.client.pacing import Paced  # noqa: PLC0415

    return Paced(_configured(ClientBuilder()).build(), rate, silence_seconds)


def _configured(builder: Builder) -> Builder:
    """Bytes are wanted as they are stored, from where they were asked for."""
    builder = builder.gzip(False).brotli(False).zstd(False).deflate(False)
    return (
        builder.follow_redirects(False)
        .user_agent("mediashare-sync")
        .connect_timeout(timedelta(seconds=CONNECT_SECONDS))
        .tcp_user_timeout(timedelta(seconds=SILENCE_SECONDS))
        .tcp_keepalive(timedelta(seconds=SILENCE_SECONDS))
    )


def _failure(status: int, text: bytes) -> Exception:
    found = re.search(rb"<Code>([^<]*)</Code>", text)
    code = found[1].decode() if found else ""
    said = f"The object store answered {status} {code}."
    if status in {408, 429} or status >= 500 or code in PASSING:
        return errors.Busy(said)
    if code in BAD_BODY:
        return ChangedWhileRead(said)
    kinds: dict[int, type[Exception]] = {403: Refused, 404: NotThere, 412: AlreadyThere}
    return kinds.get(status, NotUnderstood)(said)


def _system(error: OSError) -> str:
    return f"The object store cannot be reached: {error.strerror or error}."


def _words(error: RequestError) -> str:
    return f"The object store cannot be reached: {errors.cause_of(error)}."
