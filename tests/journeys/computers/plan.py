"""Who does something when, and what is killed meanwhile, decided by a seed. Pure.

The seed decides the moments, the order and the victims. What a moment finds on a disk depends on
how fast everything is, so the same seed gives the same attempts and not the same trees.
"""

import random
from dataclasses import dataclass
from enum import StrEnum

COMPUTERS = ("laptop", "desk", "phone")


class Kind(StrEnum):
    """What can go wrong."""

    CLIENT = "a client is killed, and started again"
    RECORDS = "a client is killed, and what it knew is lost"
    WEB = "the site is killed"
    WAITING = "the process at which clients wait is killed"
    POSTGRES = "PostgreSQL is killed"
    REFUSE = "S3 answers the service 503"
    CUT = "S3's connections to the service break off"


DECK = (*Kind, Kind.CLIENT, Kind.CLIENT)
EDITS = 60
PARTS = 2
LONGEST_PAUSE_SECONDS = 0.12
# How long S3 fails.
LASTS_SECONDS = (0.5, 2.0)


@dataclass(frozen=True)
class Moment:
    """After so many seconds somebody does one thing at a computer, or a fault happens to it."""

    after_seconds: float
    computer: int
    chance: float
    fault: Kind | None = None
    lasts_seconds: float = 0.0


def parts(seed: int) -> list[list[Moment]]:
    """One round, in parts of much the same length."""
    found = _moments(seed)
    length = -(-len(found) // PARTS)
    return [found[start : start + length] for start in range(0, len(found), length)]


def _moments(seed: int) -> list[Moment]:
    dice = random.Random(seed)
    kinds: list[Kind | None] = [*DECK, *([None] * EDITS)]
    dice.shuffle(kinds)
    return [
        Moment(
            after_seconds=dice.uniform(0, LONGEST_PAUSE_SECONDS),
            computer=dice.randrange(len(COMPUTERS)),
            chance=dice.random(),
            fault=kind,
            lasts_seconds=dice.uniform(*LASTS_SECONDS),
        )
        for kind in kinds
    ]
