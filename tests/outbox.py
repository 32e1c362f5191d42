"""An outbox for stores that are in the tests' own process."""

from collections.abc import Callable, Iterator, Sequence

from sync.client.ports import Sent, Upload


class OneByOne:
    """Implements `ports.Outbox`: sends when somebody asks what became of what was added."""

    def __init__(self, send: Callable[[Sequence[Upload]], Iterator[Sent]]) -> None:
        self._send = send
        self._waiting: list[Upload] = []

    def add(self, uploads: Sequence[Upload]) -> None:
        self._waiting += uploads

    def results(self) -> Iterator[Sent]:
        while self._waiting:
            uploads, self._waiting = self._waiting, []
            yield from self._send(uploads)

    def close(self) -> None:
        self._waiting.clear()
