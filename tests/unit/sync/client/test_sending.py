"""What becomes of a file for which there is no leave any more."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from sync.client.connections import Refused
from sync.client.leave import NoLeave
from sync.client.ports import Sent, Upload
from sync.client.sending import Sending
from sync.client.unfinished import Unfinished
from sync.protocol.transfers import Put


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
