"""What a waiting client asks, and what it may be told. Values only."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Ask:
    """Changes of a folder after the one numbered `since`.

    `digest` is that of the client's token; the token itself is not kept.
    """

    digest: str
    folder_id: UUID
    since: int


@dataclass(frozen=True, slots=True)
class Admitted:
    """This person may read the folder, whose newest change is numbered `head`."""

    user_id: UUID
    head: int


class Turned(StrEnum):
    """Why a client may not wait."""

    UNKNOWN = "nobody has this token"
    WITHOUT_SCOPE = "the token is for something else"
    NO_MEMBER = "there is no such folder for this person"


Verdict = Admitted | Turned
