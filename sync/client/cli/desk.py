"""What every command works with: the files of this device, whom to speak to, and the service."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sync.client.account import Account
from sync.client.cli.screen import Screen
from sync.client.home import Home
from sync.client.ports import Service, Store
from sync.planner.tree import Identity
from sync.protocol import people
from sync.protocol.folders import FolderSummary
from sync.protocol.messages import Line
from sync.protocol.people import Asked, GivenRole, ReceivedInvitation


class People(Protocol):
    """Who is in folders, and who is asked. All methods raise what stops a client."""

    def invitations(self) -> Sequence[ReceivedInvitation]:
        """Those that wait for this person's answer."""
        ...

    def accept(self, invitation: str) -> None:
        """Raises FolderGone when it is no more."""
        ...

    def decline(self, invitation: str) -> None: ...

    def of(self, folder: str) -> people.People: ...

    def invite(self, folder: str, email: str, role: GivenRole) -> Asked:
        """Raises Declined, with the reason."""
        ...

    def withdraw(self, folder: str, invitation: str) -> None: ...

    def remove(self, folder: str, user: str) -> None: ...


class Connection(Protocol):
    """The service, for this device. All methods raise what stops a client, from `errors`."""

    @property
    def people(self) -> People: ...

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

    def devices(self, folder: str, *, since: int) -> Mapping[str, str]:
        """Names by id of the devices that made the changes since a number, as far as known."""
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
