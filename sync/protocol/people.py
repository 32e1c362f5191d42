"""What client and service say to each other of the people of a folder. Values only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.protocol.folders import FolderName

Role = Literal["owner", "editor", "reader"]
# A folder has its owner from the beginning; nobody else becomes it.
GivenRole = Literal["editor", "reader"]
EmailAddress = Annotated[str, Meta(pattern="^[^@\\s\\x00]+@[^@\\s\\x00]+$", max_length=254)]


class MemberSummary(Struct, frozen=True, omit_defaults=True):
    """Somebody in a folder. `email` is told to the folder's owner alone, and empty for others."""

    user: str
    name: str
    role: Role
    joined_at: datetime
    email: str = ""


class Asked(Struct, frozen=True):
    """Somebody who was asked by mail, and has not answered. Told to the folder's owner alone."""

    id: str
    email: str
    role: GivenRole
    invited_at: datetime
    expires_at: datetime


class People(Struct, frozen=True, omit_defaults=True):
    """Who is in a folder, and who is asked. `next` as in `folders.Folders`."""

    members: Sequence[MemberSummary]
    invitations: Sequence[Asked]
    next: str = ""


class NewInvitation(Struct, frozen=True):
    """Ask somebody in, by mail."""

    email: EmailAddress
    role: GivenRole


class NewRole(Struct, frozen=True):
    """What a member is from now on."""

    role: GivenRole


class NewName(Struct, frozen=True):
    """What a folder is called from now on."""

    name: FolderName


class ReceivedInvitation(Struct, frozen=True):
    """You are asked into a folder. `invited_by` is a name for people."""

    id: str
    folder: str
    folder_name: str
    role: GivenRole
    invited_by: str
    expires_at: datetime


class ReceivedInvitations(Struct, frozen=True):
    """All that wait for your answer."""

    invitations: Sequence[ReceivedInvitation]


class DeletedFolder(Struct, frozen=True):
    """A folder of yours that you can bring back until `kept_until`."""

    id: str
    name: str
    deleted_at: datetime
    kept_until: datetime


class DeletedFolders(Struct, frozen=True):
    """All of them, the latest first."""

    folders: Sequence[DeletedFolder]
