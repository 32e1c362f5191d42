"""What becomes of a file for which there is no leave any more."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from sync.client import leave
from sync.client.connections import Refused
from sync.client.leave import NoLeave
from sync.client.ports import Sent, Upload
from sync.client.sending import Sending
from sync.client.unfinished import Unfinished
from sync.protocol.transfers import MIB, Held, Multipart, Put, Wanted


class Full:
    """Gives leave once; then others have taken the room."""

    def __init__(self) -> None:
        self.given = [[Put("key", "https://store/key")]]

    def grants(self, wanted):
        if self.given:
            return self.given.pop()
        raise NoLeave("There is no room.")


class AlmostFull:
    """Has room for so many bytes, and some contents already; `asked` is how often."""

    def __init__(self, free_bytes: int, held: set[str]) -> None:
        self.free_bytes, self.held, self.asked = free_bytes, held, 0

    def grants(self, wanted):
        self.asked += 1
        needed = sum(each.size_bytes for each in wanted if each.sha256 not in self.held)
        if needed > self.free_bytes:
            raise NoLeave("There is no room.", needed_bytes=needed, free_bytes=self.free_bytes)
        self.free_bytes -= needed
        return [Held() for each in wanted]


@pytest.mark.parametrize(
    ("held", "most_asked"), [(0, 2), (1, 20)], ids=["all are new", "one is there already"]
)
def test_where_there_is_room_for_some_they_are_sent_without_asking_for_each(held, most_asked):
    uploads = [Upload(f"/{number}", f"{number:064}", 10) for number in range(500)]
    service = AlmostFull(35, {each.sha256 for each in uploads[-held:]} if held else set())
    with closing(Unfinished(":memory:")) as record, ThreadPoolExecutor(1) as parts:
        jobs = Sending(service, Late(), record, parts=parts).jobs(uploads)  # type: ignore[arg-type]
        done = [sent for job in jobs for sent in job.run()]

    assert sum(not each.problem for each in done) == 3 + held
    assert len(done) == len(uploads)
    assert service.asked <= most_asked


class Late:
    """Takes no address any more."""

    def put(self, url, headers, body):
        raise Refused("Too late.")


def test_a_file_whose_leave_has_ended_and_that_has_no_room_now_is_left_and_not_the_end(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_bytes(b"dear bob")
    upload = Upload(str(path), hashlib.sha256(b"dear bob").hexdigest(), 8)
    with closing(Unfinished(":memory:")) as record, ThreadPoolExecutor(1) as parts:
        sending = Sending(Full(), Late(), record, parts=parts)  # type: ignore[arg-type]
        (job,) = sending.jobs([upload])

        assert job.run() == [Sent(upload, "There is no room.")]


class Service:
    """Gives leave for one large file; `asked` is what for, each time."""

    def __init__(self) -> None:
        self.asked: list[list[Wanted]] = []

    def grants(self, wanted):
        self.asked.append(list(wanted))
        return [Multipart("key", "upload", 5 * MIB, [])]

    def complete(self, completion):
        assert len(completion.parts) == 2


class Store:
    def put_part(self, key, query, digest, body):
        """Takes whatever comes."""


def test_leave_is_asked_for_again_while_a_file_takes_for_days(tmp_path, monkeypatch):
    monkeypatch.setattr(leave, "RENEWED_SECONDS", 0)
    path, content = tmp_path / "film.mp4", bytes(10 * MIB)
    path.write_bytes(content)
    upload = Upload(str(path), hashlib.sha256(content).hexdigest(), len(content))
    service = Service()
    with closing(Unfinished(":memory:")) as record, ThreadPoolExecutor(1) as parts:
        (job,) = Sending(service, Store(), record, parts=parts).jobs([upload])  # type: ignore[arg-type]

        assert job.run() == [Sent(upload)]

    assert service.asked == 3 * [[Wanted(upload.sha256, upload.size_bytes)]]
