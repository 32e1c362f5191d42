"""Requests to the service as this device: tried again while that may help, refused in our words.

All that is asked may be asked twice: changes have keys of their own, as has what makes a folder,
and leave once given is given again. So an answer that was lost is asked for anew.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
import msgspec

from sync.client import errors
from sync.client.patience import Patience

CONNECT_SECONDS = 10
ANSWER_SECONDS = 60
LONGEST_PAUSE_SECONDS = 60

# A refusal of what was sent, and not of the person.
REASONS = frozenset({"quota-exceeded"})

Message = TypeVar("Message")


class Declined(Exception):
    """The service does not do this, and has its reasons. `kind` is for programs."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


class _Problem(msgspec.Struct):
    type: str = ""
    detail: str = ""


class Asking:
    """Connections to the service, for many threads. Close it when done.

    `pause` waits; it may end the waiting by an exception.
    """

    def __init__(
        self,
        server: str,
        token: str,
        *,
        patience: Patience | None = None,
        pause: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._patience = patience or Patience()
        self._pause = pause
        self._http = httpx.Client(
            base_url=f"{server}/sync/v1/",
            headers={"Authorization": f"Bearer {token}", "User-Agent": "mediashare-sync"},
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            transport=transport,
        )

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, kind: type[Message], **query: int) -> Message:
        """Raises the exceptions of `errors` that stop a round, and Declined."""
        return self._read(self._answer("GET", path, params=query), kind)

    def post(self, path: str, message: Any, kind: type[Message], *, key: str = "") -> Message:
        """Raises as `get`. What makes something has a key, and makes it once."""
        return self.post_for_answer(path, message, kind, key=key)[0]

    def post_for_answer(
        self, path: str, message: Any, kind: type[Message], *, key: str = ""
    ) -> tuple[Message, httpx.Headers]:
        """The same, with the headers of the answer."""
        headers = {"Idempotency-Key": key} if key else {}
        answer = self._answer("POST", path, content=msgspec.json.encode(message), headers=headers)
        return self._read(answer, kind), answer.headers

    def lines(self, path: str, message: Any) -> Iterator[bytes]:
        """The answer to a message line by line, as it comes.

        Raises as `get`, at the first line or later.
        """
        body = msgspec.json.encode(message)
        with _in_our_words(), self._http.stream("POST", path, content=body) as answer:
            if answer.is_error:
                answer.read()
                raise _failure(answer)
            rest = b""
            for piece in answer.iter_bytes():
                *whole, rest = (rest + piece).split(b"\n")
                yield from whole
            if rest:
                yield rest

    def _answer(self, method: str, path: str, **more: Any) -> httpx.Response:
        pauses = self._patience.pauses()
        while True:
            try:
                return self._answer_once(method, path, **more)
            except (errors.Offline, errors.Busy) as error:
                seconds = next(pauses, None)
                asked = error.retry_after_seconds if isinstance(error, errors.Busy) else 0
                if seconds is None or asked > LONGEST_PAUSE_SECONDS:
                    raise
            self._pause(max(seconds, asked))

    def _answer_once(self, method: str, path: str, **more: Any) -> httpx.Response:
        with _in_our_words():
            answer = self._http.request(method, path, **more)
        if answer.is_error:
            raise _failure(answer)
        return answer

    @staticmethod
    def _read(answer: httpx.Response, kind: type[Message]) -> Message:
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.MsgspecError as error:
            raise errors.TooOld(
                f"The service says what this client cannot read: {error}"
            ) from error


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except httpx.TransportError as error:
        raise errors.Offline(f"The service cannot be reached: {error}") from error


def _failure(answer: httpx.Response) -> Exception:
    """What an answer that is an error means."""
    problem = _problem(answer)
    status, detail = answer.status_code, problem.detail or answer.reason_phrase
    if status in {408, 425, 429} or status >= 500:
        return errors.Busy(detail, retry_after_seconds=_retry_after(answer))
    kinds: dict[int, type[errors.SyncStopped]] = {
        401: errors.SignedOut,
        403: errors.NotAllowed,
        404: errors.FolderGone,
        426: errors.TooOld,
    }
    reason = problem.type.rpartition("/")[2]
    if status in kinds and reason not in REASONS:
        return kinds[status](detail)
    return Declined(reason, detail)


def _problem(answer: httpx.Response) -> _Problem:
    """What a proxy in between says is no problem object."""
    try:
        return msgspec.json.decode(answer.content, type=_Problem)
    except msgspec.MsgspecError:
        return _Problem()


def _retry_after(answer: httpx.Response) -> float:
    given = answer.headers.get("Retry-After", "")
    return float(given) if given.isdecimal() else 1.0
