"""What every command works with: the files of this device, whom to speak to, and the service."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sync.client.account import Account
from sync.client.cli.screen import Screen
from sync.client.home import Home
from sync.client.ports import Service, Store
from sync.planner.tree import Identity
from sync.protocol.folders import FolderSummary
from sync.protocol.messages import Line


class Connection(Protocol):
    """The service, for this device. All methods raise what stops a client, from `errors`."""

    def folders(self) -> Sequence[FolderSummary]:
        """Those that the person is a member of."""
        ...

    def make_folder(self, name: str) -> FolderSummary: ...

    def service(self, folder: str) -> Service: ...

    def store(
        self, folder: str, scratch: Path, *, limit: int, moved: Callable[[int], None]
    ) -> AbstractContextManager[Store]:
        """Where bytes are. `limit` is in bytes a second, 0 for none; `moved` hears of each that
        has travelled, in any thread; in `scratch` is kept what is unfinished.
        """
        ...

    def log(self, folder: str) -> Iterator[Line]:
        """The lines of the journal, newest first, as they are asked for."""
        ...

    def history(self, folder: str, entry: Identity, *, limit: int) -> Sequence[Line]:
        """The last lines about an entry, newest first."""
        ...


Connect = Callable[[Account, str], AbstractContextManager[Connection]]


@dataclass(frozen=True)
class Desk:
    """`connect` takes an account and its token."""

    home: Home
    screen: Screen
    connect: Connect
