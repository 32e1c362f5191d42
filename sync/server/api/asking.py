"""What all endpoints of sync share: who asks, what was sent, and how it is answered."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from django.http import Http404, HttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from mediashare.accounts.models import ApiToken, User
from mediashare.api.problems import Problem
from sync.protocol.messages import Author
from sync.server import permissions
from sync.server.models import Member

Message = TypeVar("Message")
_encoder = msgspec.json.Encoder()


# As msgspec says that a text is not as it must be.
_PATTERN = re.compile(r"Expected `str` matching regex '.*'(?= - at |$)", re.DOTALL)


class Malformed(Problem):
    def __init__(self, error: Exception) -> None:
        # A pattern says nothing to people, who may be shown this.
        detail = _PATTERN.sub("This is not in a form that it can have", str(error))
        super().__init__(400, "malformed", f"{detail}.")


class NoSuchFolder(Problem):
    """What a client shows to somebody who was removed, or whose folder was deleted."""

    def __init__(self) -> None:
        detail = "There is no such folder, or it is not for you any more."
        super().__init__(404, "not-found", detail)


@contextmanager
def for_members() -> Iterator[None]:
    """Say to strangers what they may know."""
    try:
        yield
    except Http404 as error:
        raise NoSuchFolder from error


class SyncView(APIView):
    """Needs the scope `sync`; a folder is found by its members alone."""

    required_scope = ApiToken.Scope.SYNC
    throttle_scope = "sync"
    # Described in its own words, by `sync.server.api.schema`.
    schema = None

    def asker(self) -> User:
        user: Any = self.request.user
        found: User = user
        return found

    def member(self, folder_id: UUID) -> Member:
        """Raises NoSuchFolder for strangers."""
        with for_members():
            return permissions.membership(user=self.asker(), folder_id=folder_id)

    def writer(self, folder_id: UUID) -> Member:
        """Raises NoSuchFolder for strangers and MayNotWrite for readers."""
        with for_members():
            return permissions.writer(user=self.asker(), folder_id=folder_id)

    def manager(self, folder_id: UUID) -> Member:
        """Raises NoSuchFolder for strangers and MayNotManage for all but the owner."""
        with for_members():
            return permissions.manager(user=self.asker(), folder_id=folder_id)

    def device(self) -> str:
        """The device that asks; empty for a browser, or a program of no device."""
        device = getattr(self.request.auth, "device", None)
        return str(device.pk) if device else ""

    def author(self) -> Author:
        asker = self.asker()
        return Author(str(asker.pk), asker.display_name, self.device())


def read(request: Request, kind: type[Message]) -> Message:
    """What was sent. Raises Malformed, and RequestDataTooBig."""
    try:
        message: Message = msgspec.json.decode(request.body, type=kind)
        return message
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Malformed(error) from error


def number(request: Request, name: str) -> int | None:
    """A number in the address; None when there is none. Raises Malformed."""
    given = request.query_params.get(name)
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 16):
        raise Malformed(ValueError(f"{name} is a whole number"))
    return int(given)


def after(request: Request) -> UUID | None:
    """What the page before ended with; None for the first one. Raises Malformed."""
    given = request.query_params.get("after")
    try:
        return UUID(given) if given else None
    except ValueError as error:
        raise Malformed(error) from error


def moment(request: Request, name: str) -> datetime | None:
    """A time in the address, RFC 3339; None when there is none. Raises Malformed."""
    given = request.query_params.get(name)
    if given is None:
        return None
    try:
        found: datetime = msgspec.convert(given, Annotated[datetime, msgspec.Meta(tz=True)])
        return found
    except msgspec.ValidationError as error:
        raise Malformed(error) from error


def answer(message: object, *, status: int = 200) -> HttpResponse:
    return HttpResponse(_encoder.encode(message), content_type="application/json", status=status)
