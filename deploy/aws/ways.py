"""How requests come to which process: over whose balancer, by which name and path. Pure."""

from dataclasses import dataclass

from deploy.aws.ports import WAITING_PORT, WEB_PORT


@dataclass(frozen=True)
class Way:
    """How requests come to a process: over whose balancer, asked for how. A lower priority is
    looked at first. A group of targets belongs to one balancer, so each way has its own."""

    name: str
    host: str
    over: str
    priority: int
    port: int = WEB_PORT
    path: str = "/*"


# The host is a part of the site. Pages ask for uploads and for bytes of folders on the site's own
# host, since their cookies are there; and clients wait at a process that only waits.
WAYS = {
    "website": [Way("website", "website", "website", 100)],
    "uploads": [
        Way("uploads", "uploads", "uploads", 10),
        Way("uploads-of-pages", "website", "website", 50, path="/api/v1/uploads*"),
    ],
    "sync": [
        Way("sync", "sync", "sync", 20),
        Way("sync-of-pages", "website", "website", 60, path="/sync/v1/*"),
        Way("waiting", "waiting", "sync", 30, port=WAITING_PORT),
    ],
}
EVERY_WAY = [way for ways in WAYS.values() for way in ways]
