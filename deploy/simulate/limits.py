"""Where AWS says no, and at how many users. Arithmetic; the limits are from AWS's pages."""

from collections.abc import Callable
from dataclasses import dataclass

from deploy.simulate import budget, known
from deploy.simulate.assumed import CROWD, DAY, PEOPLE


@dataclass(frozen=True)
class Use:
    """What so many users ask for at one time."""

    uploads_a_second: float
    slots: float


@dataclass(frozen=True)
class Limit:
    """`most` of something, and how much of it a use takes. `page` is AWS's page that says so."""

    name: str
    most: float
    page: str
    taken: Callable[[Use], float]
    then: str


# A worker's process has a connection, and its lease's thread has one more.
CONNECTIONS_A_SLOT = 2
# A web process has a connection for each of its eight threads.
CONNECTIONS_A_PROCESS = 8

LIMITS = [
    Limit(
        "STS, AssumeRole a second",
        600,
        "IAM and AWS STS quotas",
        lambda use: use.uploads_a_second * budget.UPLOAD["sts"].sts,
        "`UPLOAD_METHOD=presigned` asks STS for nothing; until then clients try again",
    ),
    Limit(
        "S3, PUT and POST a second and prefix",
        3500,
        "Best practices design patterns: optimizing Amazon S3 performance",
        lambda use: use.uploads_a_second * budget.UPLOAD["sts"].dear,
        "S3 divides prefixes by itself: owners' and blobs' ids are random; `SlowDown` until it has",
    ),
    Limit(
        "SQS, messages in flight",
        120_000,
        "Amazon SQS: quotas related to queues",
        lambda use: use.slots,
        "workers get no message and wait; each lane has a queue of its own, and jobs are rows",
    ),
    Limit(
        "RDS, connections",
        5000,
        "Quotas and constraints for Amazon RDS",
        lambda use: (
            use.slots * CONNECTIONS_A_SLOT
            + use.uploads_a_second / known.uploads_per_second() * CONNECTIONS_A_PROCESS
        ),
        "RDS Proxy shares them; without it the groups' most is to be set below",
    ),
]


def uploads_a_second(users: float, *, crowd: bool) -> float:
    """In the busiest minute of a usual day, or while the crowd is there."""
    mean = users * (PEOPLE.photos_a_day + PEOPLE.videos_a_day) / DAY
    return mean * (1 + PEOPLE.swing) * (CROWD.times if crowd else 1)


def users_at(limit: Limit, slots_for_each_user: float, *, crowd: bool) -> float:
    """With how many users a limit is met; all of it grows with them."""
    each = Use(uploads_a_second(1, crowd=crowd), slots_for_each_user)
    return limit.most / limit.taken(each)
