"""What somebody is told of, why, and what to do then. Pure.

The last is part of the alarm itself, so that it stands in the mail that wakes somebody.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from deploy.aws.names import LANES, PREFIX, Names
from deploy.aws.sizes import ROLES
from processing.recipes import scaling

# A lane is late when its oldest job has waited for so many times what it is owed.
PATIENCE = 6
GREATER, LESS = "GreaterThanThreshold", "LessThanThreshold"


@dataclass(frozen=True)
class Alarm:
    """A figure out of bounds for `minutes`. `what` it means, and what to `do`, are for people."""

    name: str
    what: str
    do: str
    namespace: str
    metric: str
    threshold: float
    dimensions: Mapping[str, str] = field(default_factory=dict)
    statistic: str = "Maximum"
    comparison: str = GREATER
    minutes: int = 5
    missing: str = "notBreaching"


def of_site(
    names: Names, *, balancers: Mapping[str, str], targets: Mapping[str, str]
) -> Iterator[Alarm]:
    """All alarms. Balancers and groups of targets are named by what their metrics call them, for
    each role."""
    yield from of_lanes(names)
    for role in ROLES:
        yield from of_role(role, balancers[role], targets[role])
    yield from of_data(names)
    yield from of_mail()


def of_lanes(names: Names) -> Iterator[Alarm]:
    for lane in LANES:
        owed = scaling.POLICIES[lane].target_seconds
        yield Alarm(
            f"{lane}-is-late",
            f"The oldest job of {lane} has waited for more than {owed * PATIENCE:.0f} s.",
            "Look at the group's activity: Spot may be short (raise `on_demand` of the lane in "
            "sizes.py), or its most is reached. Then at the jobs page for jobs that fail.",
            PREFIX,
            "OldestJobSeconds",
            owed * PATIENCE,
            {"Lane": lane},
            minutes=10,
        )
        yield Alarm(
            f"{lane}-says-nothing",
            f"Nobody has published the figures of {lane} for ten minutes.",
            "Steering is gone, which runs beside the timer, or cannot reach the database; no fleet "
            "grows. Look at the group timer, then at its log.",
            PREFIX,
            "WorkersDesired",
            -1,
            {"Lane": lane},
            comparison=LESS,
            minutes=10,
            missing="breaching",
        )
        yield Alarm(
            f"{lane}-dead-letters",
            f"Messages of {lane} were set aside: no worker understood them.",
            "Look at them on the admin's page of dead letters. After a roll-back they are of the "
            "newer release: replay them when it is there again, or drop them; jobs are not lost.",
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            0,
            {"QueueName": names.dead_letters(lane)},
        )


def of_role(role: str, balancer: str, target: str) -> Iterator[Alarm]:
    both = {"LoadBalancer": balancer, "TargetGroup": target}
    yield Alarm(
        f"{role}-fails",
        f"Requests to {role} end in errors of ours.",
        f"Read the log /{PREFIX}/{role} for tracebacks. If it began with a deployment: roll back.",
        "AWS/ApplicationELB",
        "HTTPCode_Target_5XX_Count",
        20,
        both,
        statistic="Sum",
    )
    yield Alarm(
        f"{role}-is-slow",
        f"One request in twenty to {role} takes more than two seconds.",
        "Look at the database's load first, then at the processors of the group and whether it has "
        "reached its most.",
        "AWS/ApplicationELB",
        "TargetResponseTime",
        2,
        both,
        statistic="p95",
    )
    yield Alarm(
        f"{role}-lacks-servers",
        f"Servers of {role} are there and not ready.",
        "The log says what `/readyz` lacks: database or cache. If both are well, the instance is "
        "replaced by itself; if all new ones fail, roll back.",
        "AWS/ApplicationELB",
        "UnHealthyHostCount",
        0,
        both,
        minutes=10,
    )


def of_data(names: Names) -> Iterator[Alarm]:
    database = {"DBInstanceIdentifier": PREFIX}
    yield Alarm(
        "database-is-full",
        "Less than 5 GB are left to the database, though it grows by itself.",
        "Raise `most_storage_gib`. Until then, stop the workers of bulk.",
        "AWS/RDS",
        "FreeStorageSpace",
        5e9,
        database,
        statistic="Minimum",
        comparison=LESS,
    )
    yield Alarm(
        "database-is-busy",
        "The database's processors have been at 80 % for a quarter of an hour.",
        "Performance Insights names the query. If it is plain load, take the next larger type.",
        "AWS/RDS",
        "CPUUtilization",
        80,
        database,
        statistic="Average",
        minutes=15,
    )
    yield Alarm(
        "database-connections",
        "The database holds more connections than it has room for soon.",
        "Lower DATABASE_CONN_MAX_AGE or the processes of each server, or set `has_proxy`.",
        "AWS/RDS",
        "DatabaseConnections",
        800,
        database,
    )
    yield Alarm(
        "journal-is-throttled",
        "DynamoDB refuses writes of journals: one folder is changed faster than a partition takes.",
        "Nothing is lost, and clients come again. If it stays, the log names the folder; its "
        "commits go one after the other (docs/decisions/0031-journal-in-dynamodb.md).",
        "AWS/DynamoDB",
        "WriteThrottleEvents",
        100,
        {"TableName": names.table},
        statistic="Sum",
    )
    yield Alarm(
        "cache-is-full",
        "The cache throws away what it should keep.",
        "Take the next larger type. Sessions survive: they are in the database too.",
        "AWS/ElastiCache",
        "DatabaseMemoryUsagePercentage",
        85,
        {"CacheClusterId": f"{PREFIX}-001"},
        minutes=15,
    )


def of_mail() -> Iterator[Alarm]:
    yield Alarm(
        "mail-bounces",
        "More than 4 % of mail bounces; at 5 % SES reviews the account, at 10 % it stops sending.",
        "Look at the admin's page of troubled addresses: one member may invite strangers.",
        "AWS/SES",
        "Reputation.BounceRate",
        0.04,
        minutes=60,
    )
    yield Alarm(
        "mail-complaints",
        "More than 0.08 % of mail is called spam; at 0.1 % SES reviews the account.",
        "Raise SYNC_MAIL_QUIET_SECONDS, and look who follows what they did not ask for.",
        "AWS/SES",
        "Reputation.ComplaintRate",
        0.0008,
        minutes=60,
    )
