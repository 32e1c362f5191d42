"""What a round is about, and which faults happen in it, decided by a seed. Pure.

Every round has all kinds of faults; the seed decides the moments, the order and the victims.
"""

import random
from dataclasses import dataclass
from enum import StrEnum


class Scene(StrEnum):
    """What is wanted of the workers."""

    BATCH = "a batch is uploaded, with a video"
    LIBRARY = "much is asked for of a library that is there already"


class Kind(StrEnum):
    """What can go wrong."""

    KILL = "a worker and all it started is killed"
    KILL_POOL = "the process of a worker that does the jobs is killed"
    STOP = "a worker is told to stop, and another comes"
    FREEZE = "a worker stands still until its lease is over, and then goes on"
    LOSE = "the broker loses all waiting messages"
    DOUBLE = "messages come several times"
    REFUSE = "S3 answers 503"
    SLOW = "S3 is slow"
    CUT = "S3's connections break off in the middle of a request or an answer"
    POSTGRES = "PostgreSQL restarts"
    CANCEL = "a job is cancelled, and tried again"


# No job can meet as many deaths as JOB_MAX_ATTEMPTS allows it.
DECK = (*Kind, Kind.KILL, Kind.CANCEL)
LONGEST_GAP_SECONDS = 0.8
# How long each kind lasts, at least and at most, in seconds; the others are over at once.
LASTS = {
    Kind.FREEZE: (9.0, 11.0),
    Kind.REFUSE: (1.0, 4.0),
    Kind.SLOW: (2.0, 5.0),
    Kind.CUT: (2.0, 5.0),
    Kind.CANCEL: (0.0, 3.0),
}


@dataclass(frozen=True)
class Fault:
    """One fault: so many seconds after the one before, for so long. `chance` picks its victim."""

    kind: Kind
    after_seconds: float
    lasts_seconds: float
    chance: float


def scene(seed: int) -> Scene:
    """What the round of a seed is about: every third is about a library."""
    return Scene.LIBRARY if seed % 3 == 0 else Scene.BATCH


def faults(seed: int) -> list[Fault]:
    """The faults of one round. The same seed gives the same ones."""
    dice = random.Random(seed)
    kinds = dice.sample(DECK, len(DECK))
    return [
        Fault(
            kind,
            after_seconds=dice.uniform(0, LONGEST_GAP_SECONDS),
            lasts_seconds=dice.uniform(*LASTS.get(kind, (0, 0))),
            chance=dice.random(),
        )
        for kind in kinds
    ]
