"""What the service answers, in our words; what may pass is asked for again."""

import signal
import threading
from datetime import UTC, datetime

import msgspec
import pytest
from pyreqwest.exceptions import CauseErrorDetails, ConnectTimeoutError, ReadTimeoutError
from pyreqwest.response import ResponseBuilder

from sync.client import errors
from sync.client.asking import Asking, Declined
from sync.client.patience import Patience
from sync.client.service import HttpService


class Summary(msgspec.Struct):
    name: str


class Listed(msgspec.Struct):
    name: str
    next: str = ""


def answers(*given):
    """Asking a service that answers with these, the last one for ever; and how long it paused."""
    waiting = list(given)
    paused: list[float] = []

    def handle(request, further):
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, Exception):
            raise answer
        return answer.copy().build_sync()

    patience = Patience(attempts=3, first_seconds=1, chance=lambda: 1.0)
    asking = Asking(
        "https://example.org",
        "token",
        patience=patience,
        pause=paused.append,
        instead=handle,
    )
    return asking, paused


def answer_of(status, body=b"", **headers):
    return ResponseBuilder().status(status).headers(headers).body_bytes(body)


def problem(status, kind, **headers):
    said = msgspec.json.encode({"type": f"/problems/{kind}", "detail": "Because."})
    return answer_of(status, said, **headers)


FINE = answer_of(200, b'{"name": "Holidays"}')
NO_CONNECTION = ConnectTimeoutError("no", {"causes": None})


def test_an_answer_is_read():
    asking, paused = answers(FINE)

    assert asking.get("folders/1", Summary) == Summary("Holidays")
    assert paused == []


def test_a_list_is_asked_for_page_by_page():
    asked = []

    def handle(request, further):
        asked.append(request.url.query_dict_multi_value.get("after"))
        more = {None: "a", "a": "b"}.get(asked[-1], "")
        return answer_of(200, msgspec.json.encode({"name": "x", "next": more})).build_sync()

    asking = Asking("https://example.org", "token", instead=handle)

    names = [page.name for page in asking.pages("folders", Listed)]

    assert names == ["x", "x", "x"]
    assert asked == [None, "a", "b"]


@pytest.mark.parametrize(
    "trouble",
    [
        NO_CONNECTION,
        ReadTimeoutError("late", {"causes": None}),
        answer_of(502),
        problem(503, "busy"),
    ],
    ids=["no connection", "no answer", "no server behind a proxy", "busy"],
)
def test_what_may_pass_is_asked_for_again(trouble):
    asking, paused = answers(trouble, trouble, FINE)

    assert asking.get("folders/1", Summary) == Summary("Holidays")
    assert len(paused) == 2


def test_why_nobody_is_reached_is_said_as_the_system_says_it():
    details: CauseErrorDetails = {
        "causes": [{"message": "client error"}, {"message": "Network is unreachable"}]
    }
    asking, _ = answers(*[ConnectTimeoutError("connection error", details)] * 3)

    with pytest.raises(errors.Offline) as stopped:
        asking.get("folders/1", Summary)

    assert str(stopped.value) == "The service cannot be reached: Network is unreachable."


def test_patience_ends():
    asking, paused = answers(NO_CONNECTION)

    with pytest.raises(errors.Offline):
        asking.get("folders/1", Summary)
    assert paused == [1, 2]


def test_the_service_says_how_long_to_wait_and_each_waits_a_little_longer():
    asking, paused = answers(problem(429, "throttled", **{"Retry-After": "7"}), FINE)

    asking.get("folders/1", Summary)

    assert paused == [7 + 1]


def test_who_shall_wait_long_does_something_else_meanwhile():
    asking, paused = answers(problem(429, "throttled", **{"Retry-After": "3600"}))

    with pytest.raises(errors.Busy) as caught:
        asking.get("folders/1", Summary)
    assert caught.value.retry_after_seconds == 3600
    assert paused == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (problem(401, "not-authenticated"), errors.SignedOut),
        (problem(403, "read-only"), errors.NotAllowed),
        (problem(403, "quota-exceeded"), Declined),
        (problem(400, "invalid"), errors.SyncStopped),
        (problem(404, "not-found"), errors.FolderGone),
        (problem(413, "too-large"), Declined),
        (answer_of(200, b'{"title": "?"}'), errors.TooOld),
        (answer_of(200, b"<html>"), errors.TooOld),
    ],
    ids=["401", "403", "no room", "400", "404", "413", "other words", "a page"],
)
def test_a_refusal_is_an_exception_of_ours_at_once(answer, expected):
    asking, paused = answers(answer)

    with pytest.raises(expected):
        asking.get("folders/1", Summary)
    assert paused == []


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_somebody_on_the_way_answers_says_nothing_of_the_folder(status):
    asking, paused = answers(answer_of(status, b"<h1>nginx</h1>"))

    with pytest.raises(errors.Offline):
        asking.get("folders/1", Summary)
    assert paused


def test_ctrl_c_is_heard_while_the_service_lets_wait():
    is_over, waiting = threading.Event(), threading.get_ident()

    def handle(request, further):
        signal.pthread_kill(waiting, signal.SIGINT)
        is_over.wait()
        return FINE.copy().build_sync()

    asking = Asking("https://example.org", "token", instead=handle)
    # Whoever starts the tests in the background has them hear of no Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            asking.get("folders/1", Summary)
    finally:
        signal.signal(signal.SIGINT, before)
        is_over.set()


def compared(*lines):
    return compared_by(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def compared_by(body):
    asking, _ = answers(answer_of(200, body))
    return HttpService(asking, "1", now=lambda: datetime.now(UTC)).compare(["0" * 64])


ROOM = {"entry": "a" * 32, "number": 3, "state": {"kind": "folder", "parent": "", "name": "Room"}}


def test_what_differs_is_read_line_by_line():
    since, told = compared({"head": 5, "key": "k"}, {"part": 0}, ROOM, {"count": 2})

    assert since == (5, "k")
    part, room = told
    assert part == 0
    assert room.entry.place.name == "Room"


def test_blanks_while_nothing_differs_are_part_of_no_line():
    lines = ({"head": 5, "key": "k"}, {"part": 7}, ROOM, {"count": 2})
    blanks = (b"   ", b"", b" ", b"")
    body = b"".join(
        msgspec.json.encode(line) + more + b"\n" for line, more in zip(lines, blanks, strict=True)
    )

    since, told = compared_by(body)

    assert (since.number, next(told)) == (5, 7)
    assert [each.entry.place.name for each in told] == ["Room"]


@pytest.mark.parametrize("lines", [[ROOM], [ROOM, {"count": 2}]], ids=["no end", "lines missing"])
def test_what_is_broken_off_is_no_answer(lines):
    _, told = compared({"head": 5}, *lines)

    with pytest.raises(errors.Offline):
        list(told)
