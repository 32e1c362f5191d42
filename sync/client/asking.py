"""Requests to the service as this device: tried again while that may help, refused in our words.

All that is asked may be asked twice: changes have keys of their own, as has what makes a folder,
and leave once given is given again. So an answer that was lost is asked for anew.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec
from pyreqwest.client import SyncClientBuilder
from pyreqwest.exceptions import RequestError

from sync.client import errors
from sync.client.patience import Patience
from sync.client.several import beside

if TYPE_CHECKING:
    from pyreqwest.middleware.types import SyncMiddleware
    from pyreqwest.request import SyncRequestBuilder
    from pyreqwest.response import SyncResponse, SyncResponseBodyReader

CONNECT_SECONDS = 10
ANSWER_SECONDS = 60
LONGEST_PAUSE_SECONDS = 60

# A refusal of what was sent, and not of the person.
REASONS = frozenset({"quota-exceeded"})

Message = TypeVar("Message")


class Paged(Protocol):
    """A list that comes in pages: `next` says after what the next one begins, or nothing."""

    @property
    def next(self) -> str: ...


Page = TypeVar("Page", bound=Paged)


class Declined(errors.SyncStopped):
    """The service does not do this, and has its reasons. `kind` is for programs.

    For want of room, `needed_bytes` is what this takes of it, and `free_bytes` what there is.
    """

    def __init__(
        self, kind: str, detail: str, *, needed_bytes: int = 0, free_bytes: int = 0
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.needed_bytes, self.free_bytes = needed_bytes, free_bytes


class _Problem(msgspec.Struct):
    type: str = ""
    detail: str = ""
    needed_bytes: int = 0
    free_bytes: int = 0


class Asking:
    """Connections to the service, for many threads. Close it when done.

    `pause` waits; it may end the waiting by an exception. `instead` answers in the service's place.
    """

    def __init__(
        self,
        server: str,
        token: str,
        *,
        patience: Patience | None = None,
        pause: Callable[[float], None] = time.sleep,
        instead: "SyncMiddleware | None" = None,
    ) -> None:
        self._patience = patience or Patience()
        self._pause = pause
        self._base = f"{server}/sync/v1/"
        builder = (
            SyncClientBuilder()
            .default_headers({"Authorization": f"Bearer {token}"})
            .user_agent("mediashare-sync")
            .follow_redirects(False)
            .connect_timeout(timedelta(seconds=CONNECT_SECONDS))
            .read_timeout(timedelta(seconds=ANSWER_SECONDS))
        )
        self._client = (builder.with_middleware(instead) if instead else builder).build()

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, kind: type[Message], **query: int | str) -> Message:
        """Raises the exceptions of `errors` that stop a round; Declined is one more of them."""
        return self._read(self._answer("GET", path, query=query), kind)

    def pages(self, path: str, kind: type[Page]) -> Iterator[Page]:
        """All pages of a list, each as `get`."""
        page = self.get(path, kind)
        yield page
        while page.next:
            page = self.get(path, kind, after=page.next)
            yield page

    def delete(self, path: str) -> None:
        """Raises as `get`; FolderGone for what is gone already."""
        self._answer("DELETE", path)

    def post(self, path: str, message: Any, kind: type[Message], *, key: str = "") -> Message:
        """Raises as `get`. What makes something has a key, and makes it once."""
        return self.post_for_answer(path, message, kind, key=key)[0]

    def post_for_answer(
        self, path: str, message: Any, kind: type[Message], *, key: str = ""
    ) -> tuple[Message, Mapping[str, str]]:
        """The same, with the headers of the answer."""
        headers = {"Idempotency-Key": key} if key else {}
        answer = self._answer("POST", path, body=msgspec.json.encode(message), headers=headers)
        return self._read(answer, kind), answer.headers

    def lines(self, path: str, message: Any) -> Iterator[bytes]:
        """The answer to a message line by line, as it comes.

        Raises as `get`, at the first line or later.
        """
        asked = self._asked("POST", path, body=msgspec.json.encode(message)).build_streamed()
        with _in_our_words():
            answer = beside(asked.__enter__)
            try:
                if answer.status >= HTTPStatus.BAD_REQUEST:
                    raise _failure(beside(lambda: _whole(answer)))
                yield from _lines(answer.body_reader)
            finally:
                asked.__exit__(None, None, None)

    def _answer(self, method: str, path: str, **more: Any) -> "Answer":
        pauses = self._patience.pauses()
        while True:
            try:
                return self._answer_once(method, path, **more)
            except (errors.Offline, errors.Busy) as error:
                seconds = next(pauses, None)
                asked = error.retry_after_seconds if isinstance(error, errors.Busy) else 0
                if seconds is None or asked > LONGEST_PAUSE_SECONDS:
                    raise
            # Whoever was asked to come back later was not the only one: no two come at once.
            self._pause(asked + seconds)

    def _answer_once(self, method: str, path: str, **more: Any) -> "Answer":
        asked = self._asked(method, path, **more).build()
        with _in_our_words():
            answer = beside(lambda: _whole(asked.send()))
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise _failure(answer)
        return answer

    def _asked(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, int | str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> "SyncRequestBuilder":
        """A request; `path` may be a whole address elsewhere."""
        address = path if "://" in path else self._base + path
        asked = self._client.request(method, address).headers(headers or {})
        asked = asked.query(query) if query else asked
        return asked.body_bytes(body) if body else asked

    @staticmethod
    def _read(answer: "Answer", kind: type[Message]) -> Message:
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.MsgspecError as error:
            raise errors.TooOld(
                f"The service says what this client cannot read: {error}"
            ) from error


class Answer(msgspec.Struct, frozen=True):
    status: int
    headers: Mapping[str, str]
    content: bytes


def _whole(answer: "SyncResponse") -> Answer:
    return Answer(answer.status, answer.headers, answer.bytes().to_bytes())


def _lines(reader: "SyncResponseBodyReader") -> Iterator[bytes]:
    rest = b""
    while piece := beside(reader.read):
        *whole, rest = (rest + piece.to_bytes()).split(b"\n")
        yield from whole
    if rest:
        yield rest


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except RequestError as error:
        raise errors.Offline(f"The service cannot be reached: {errors.cause_of(error)}.") from error


def _failure(answer: Answer) -> Exception:
    """What an answer that is an error means."""
    problem = _problem(answer)
    status, detail = answer.status, problem.detail or _phrase(answer.status)
    if status in {408, 425, 429} or status >= 500:
        return errors.Busy(detail, retry_after_seconds=_retry_after(answer))
    kinds: dict[int, type[errors.SyncStopped]] = {
        401: errors.SignedOut,
        403: errors.NotAllowed,
        404: errors.FolderGone,
        426: errors.TooOld,
    }
    reason = problem.type.rpartition("/")[2]
    if status in kinds and not reason:
        # A proxy or a hotel's page knows nothing of folders and who may have them.
        return errors.Offline(
            f"Something on the way to the service answered {status} in its place."
        )
    if status in kinds and reason not in REASONS:
        return kinds[status](detail)
    return Declined(
        reason, detail, needed_bytes=problem.needed_bytes, free_bytes=problem.free_bytes
    )


def _problem(answer: Answer) -> _Problem:
    """What a proxy in between says is no problem object."""
    try:
        return msgspec.json.decode(answer.content, type=_Problem)
    except msgspec.MsgspecError:
        return _Problem()


def _retry_after(answer: Answer) -> float:
    given = answer.headers.get("retry-after", "")
    return float(given) if given.isdecimal() else 1.0


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else f"It answered {status}."
