"""What differs between a site of ten people, of a studio, and of a company. Pure.

Every size has every part of the architecture; what differs is how many there are, how large, and
how much may fail at once without anybody noticing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ROLES = ("website", "uploads", "sync")


@dataclass(frozen=True)
class Web:
    """One group of web servers: instances of the first type that can be had."""

    types: tuple[str, ...]
    least: int
    most: int


@dataclass(frozen=True)
class Workers:
    """A group of workers. It is as large as the first of its lanes needs.

    `on_demand` instances are never Spot, and of those above, so many percent are not either.
    `reserve` more are bought on demand while Spot has none.
    """

    lanes: tuple[str, ...]
    types: tuple[str, ...]
    least: int
    most: int
    on_demand: int
    on_demand_percent: int
    reserve: int
    disk_gib: int


@dataclass(frozen=True)
class Database:
    """PostgreSQL. With a standby, a lost zone costs a minute; with a proxy, so does none. It takes
    so many `connections`, by its memory; without a proxy all processes together must fit."""

    type: str
    connections: int
    storage_gib: int
    most_storage_gib: int
    has_standby: bool
    has_proxy: bool
    backup_days: int


@dataclass(frozen=True)
class Size:
    """All parameters of a size. Money is US dollars a month; rates are requests in five minutes
    from one address, and somebody is told of more than `errors_told` errors in five minutes."""

    name: str
    zones: int
    nat_gateways: int
    own_balancers: bool
    has_firewall: bool
    web: Mapping[str, Web]
    workers: Mapping[str, Workers]
    database: Database
    cache_type: str
    cache_nodes: int
    rate_limit: int
    errors_told: int
    version_days: int
    log_days: int
    budget_dollars: int
    price_class: str


SMALL_TYPES = ("t3a.small", "t3.small")
WEB_TYPES = ("m7a.large", "m6a.large", "m7i.large")
# Decoding is arithmetic: two GiB for each processor are enough, and many kinds of machine will do,
# so that Spot always has one of them.
SMALL_WORKER_TYPES = ("t3a.medium", "t3.medium", "c6a.large", "c6i.large")
# Types whose processors are lent by the hour cost more than these once they are always busy, and
# who only processes is either busy or not there.
BUSY_SMALL_WORKER_TYPES = ("c6a.large", "c6i.large", "c7a.large", "c7i.large", "m6a.large")
WORKER_TYPES = ("c7a.xlarge", "c6a.xlarge", "c7i.xlarge", "c6i.xlarge", "m7a.xlarge", "m6a.xlarge")

HOBBY = Size(
    name="hobby",
    zones=2,
    # Instances have public addresses behind closed security groups: a gateway costs more than they.
    nat_gateways=0,
    own_balancers=False,
    has_firewall=False,
    web={role: Web(SMALL_TYPES, least=1, most=2) for role in ROLES},
    workers={
        "interactive": Workers(("interactive", "bulk"), SMALL_WORKER_TYPES, 1, 2, 0, 0, 1, 50),
        "media": Workers(("media",), BUSY_SMALL_WORKER_TYPES, 0, 2, 0, 0, 1, 100),
    },
    database=Database(
        "t4g.small",
        connections=190,
        storage_gib=20,
        most_storage_gib=100,
        has_standby=False,
        has_proxy=False,
        backup_days=7,
    ),
    cache_type="cache.t4g.micro",
    cache_nodes=1,
    rate_limit=3000,
    errors_told=5,
    version_days=14,
    log_days=14,
    budget_dollars=200,
    price_class="PriceClass_100",
)

STUDIO = Size(
    name="studio",
    zones=2,
    nat_gateways=1,
    own_balancers=True,
    has_firewall=True,
    web={role: Web(("t3a.large", "t3.large", "m6a.large"), least=2, most=6) for role in ROLES},
    workers={
        "interactive": Workers(("interactive",), WORKER_TYPES, 1, 8, 1, 0, 2, 100),
        "media": Workers(("media",), WORKER_TYPES, 0, 20, 0, 0, 5, 200),
        "bulk": Workers(("bulk",), WORKER_TYPES, 1, 6, 0, 0, 1, 200),
    },
    database=Database(
        "m7g.large",
        connections=820,
        storage_gib=100,
        most_storage_gib=1000,
        has_standby=True,
        has_proxy=False,
        backup_days=14,
    ),
    cache_type="cache.t4g.small",
    cache_nodes=2,
    rate_limit=6000,
    errors_told=25,
    version_days=30,
    log_days=30,
    budget_dollars=2000,
    price_class="PriceClass_100",
)

COMPANY = Size(
    name="company",
    zones=3,
    nat_gateways=3,
    own_balancers=True,
    has_firewall=True,
    web={
        "website": Web(WEB_TYPES, least=3, most=60),
        "uploads": Web(WEB_TYPES, least=3, most=40),
        "sync": Web(WEB_TYPES, least=3, most=60),
    },
    workers={
        "interactive": Workers(("interactive",), WORKER_TYPES, 3, 100, 3, 20, 25, 100),
        "media": Workers(("media",), WORKER_TYPES, 0, 400, 0, 5, 100, 500),
        "bulk": Workers(("bulk",), WORKER_TYPES, 1, 100, 0, 0, 25, 500),
    },
    database=Database(
        "r7g.4xlarge",
        connections=5000,
        storage_gib=500,
        most_storage_gib=16000,
        has_standby=True,
        has_proxy=True,
        backup_days=35,
    ),
    cache_type="cache.r7g.large",
    cache_nodes=3,
    rate_limit=12000,
    errors_told=500,
    version_days=60,
    log_days=90,
    budget_dollars=60000,
    price_class="PriceClass_All",
)

SIZES = {size.name: size for size in (HOBBY, STUDIO, COMPANY)}


def web_processes(processors: int) -> int:
    """Each has threads of its own (the unit says how many), so that one more than there are
    processors keeps all of them busy. Every thread may hold a connection to the database."""
    return processors + 1
