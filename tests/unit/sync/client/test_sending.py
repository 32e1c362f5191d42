"""What becomes of a file for which there is no leave any more."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from sync.client import leave
from sync.client.connections import Refused
from sync.client.leave import NoLeave
from sync.client.ports import Sent, Upload
from sync.client.sending import Sending
from sync.client.unfinished import Unfinished
from sync.protocol.transfers import MIB, Multipart, Put, Wanted


class Full:
    """Gives leave once; then others have taken the room."""

    def __init__(self) -> None:
        self.given = [[Put("key", "https://store/key")]]

    def grants(self, wanted):
        if self.given:
            return self.given.pop()
        raise NoLeave("There is no room.")


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
