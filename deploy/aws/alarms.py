"""What somebody is told of, why, and what to do then. Pure.

The last is part of the alarm itself, so that it stands in the mail that wakes somebody.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from deploy.aws.names import LANES, PREFIX, Names
from deploy.aws.ports import WEB_PORT
from deploy.aws.sizes import ROLES, Size
from deploy.aws.ways import EVERY_WAY, Way
from processing.recipes import scaling

# A lane is late when its oldest job has waited for so many times what it is owed.
PATIENCE = 6
GREATER, LESS = "GreaterThanThreshold", "LessThanThreshold"
GIB = 2**30


@dataclass(frozen=True)
class Alarm:
    """A figure out of bounds for `minutes`, in each `period_minutes` of them. `what` it means, and
    what to `do`, are for people. `missing` says what it means that there is no figure."""

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
    period_minutes: int = 1
    missing: str = "notBreaching"


def of_site(
    names: Names, size: Size, *, balancers: Mapping[str, str], targets: Mapping[str, str]
) -> Iterator[Alarm]:
    """All alarms. Balancers of roles, and groups of targets of ways, are named by what their
    metrics call them."""
    yield from of_lanes(names)
    yield from of_fleets(size)
    for way in EVERY_WAY:
        yield from of_way(way, size, balancers[way.over], targets[way.name])
    for balancer in dict.fromkeys(balancers.values()):
        yield of_balancer(
            next(role for role in ROLES if balancers[role] == balancer), size, balancer
        )
    yield from of_data(names, size)
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


def of_fleets(size: Size) -> Iterator[Alarm]:
    for fleet in size.workers.values():
        lane = fleet.lanes[0]
        yield Alarm(
            f"{lane}-is-at-its-most",
            f"For half an hour {lane} has wanted more workers than its group may have.",
            "The group's most is the brake on money: if people are to wait for less, raise `most` "
            "of the lane in sizes.py and deploy; ask AWS for the quota of processors first.",
            PREFIX,
            "WorkersDesired",
            fleet.most,
            {"Lane": lane},
            statistic="Minimum",
            minutes=30,
        )


def of_way(way: Way, size: Size, balancer: str, target: str) -> Iterator[Alarm]:
    both = {"LoadBalancer": balancer, "TargetGroup": target}
    yield Alarm(
        f"{way.name}-fails",
        f"Requests to {way.name} end in errors of ours.",
        "Read the log of that part (/mediashare/…) for tracebacks. If it began with a deployment: "
        "roll back.",
        "AWS/ApplicationELB",
        "HTTPCode_Target_5XX_Count",
        size.errors_told,
        both,
        statistic="Sum",
        period_minutes=5,
    )
    if way.name in ROLES:
        yield from of_servers(way.name, both)
    if way.port == WEB_PORT:
        yield Alarm(
            f"{way.name}-is-slow",
            f"One request in twenty to {way.name} takes more than two seconds.",
            "Look at the database's load first, then at the processors of the group and whether it "
            "has reached its most.",
            "AWS/ApplicationELB",
            "TargetResponseTime",
            2,
            both,
            statistic="p95",
        )


def of_servers(role: str, both: Mapping[str, str]) -> Iterator[Alarm]:
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
    yield Alarm(
        f"{role}-is-away",
        f"No server of {role} is ready: nobody is served.",
        "Look at the group's activity: instances that come and go say why in the stream "
        "`…-install` of their log; if none comes, AWS says why. After a deployment: roll back.",
        "AWS/ApplicationELB",
        "HealthyHostCount",
        1,
        both,
        comparison=LESS,
        minutes=3,
        missing="breaching",
    )


def of_balancer(role: str, size: Size, balancer: str) -> Alarm:
    return Alarm(
        f"{role}-is-not-reached",
        f"The balancer of {role} itself answers with errors: servers are away, or break off.",
        "502: processes end under way, look for `oom` and restarts in the log. 503: no server is "
        "ready, see `is-away`. 504: requests take longer than two minutes, look at the database.",
        "AWS/ApplicationELB",
        "HTTPCode_ELB_5XX_Count",
        size.errors_told,
        {"LoadBalancer": balancer},
        statistic="Sum",
        period_minutes=5,
    )


def of_data(names: Names, size: Size) -> Iterator[Alarm]:
    database = {"DBInstanceIdentifier": PREFIX}
    yield Alarm(
        "database-is-full",
        "The database is nearly full, though it grows by itself when a tenth is left.",
        "Raise `most_storage_gib`. Until then, stop the workers of bulk.",
        "AWS/RDS",
        "FreeStorageSpace",
        size.database.storage_gib * GIB / 20,
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
        "Set `has_proxy`, or take the next larger type; until then lower `most` of fleets.",
        "AWS/RDS",
        "DatabaseConnections",
        size.database.connections * 4 // 5,
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
        # SES says how it stands some times in an hour; in most minutes it says nothing.
        minutes=60,
        period_minutes=60,
    )
    yield Alarm(
        "mail-complaints",
        "More than 0.08 % of mail is called spam; at 0.1 % SES reviews the account.",
        "Raise SYNC_MAIL_QUIET_SECONDS, and look who follows what they did not ask for.",
        "AWS/SES",
        "Reputation.ComplaintRate",
        0.0008,
        minutes=60,
        period_minutes=60,
    )
