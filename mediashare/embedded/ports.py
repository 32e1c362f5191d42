"""Which ports the servers of one machine listen on. Binds one only to see whether it is free."""

import errno
import random
import socket
from collections.abc import Callable, Iterable, Mapping

INTERNAL = ("postgres", "broker", "master", "volume", "filer", "s3", "admin", "waiting")

# SeaweedFS opens a second port, this much higher, for each of its own. Both must stay below
# the range from which Linux takes the near end of outgoing connections (32768 and up).
GRPC_OFFSET = 10_000
WITH_GRPC = frozenset({"master", "volume", "filer", "s3", "admin"})
RANGE = range(20_000, 22_700)

USUAL_WEB_PORT = 8000


class NoFreePort(Exception):
    """Every port that was tried is taken."""


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of this machine, on IPv4 or IPv6."""
    return _can_bind(socket.AF_INET, "127.0.0.1", port) and (
        not socket.has_ipv6 or _can_bind(socket.AF_INET6, "::1", port)
    )


def choose_internal(
    remembered: Mapping[str, int],
    *,
    is_free: Callable[[int], bool],
    names: Iterable[str] = INTERNAL,
    candidates: Iterable[int] | None = None,
) -> dict[str, int]:
    """A port for each server: the remembered one while it is free, otherwise a new one."""
    # A random order keeps two stacks that start at the same moment apart; the system's, since
    # tests give every process the same seed.
    chance = random.SystemRandom()
    tried = candidates if candidates is not None else chance.sample(RANGE, len(RANGE))
    pool = (port for port in tried if port not in remembered.values())
    chosen: dict[str, int] = {}
    for name in names:
        port = remembered.get(name)
        while port is None or port in chosen.values() or not _usable(name, port, is_free):
            port = next(pool, None)
            if port is None:
                raise NoFreePort(f"No free port was found for {name}.")
        chosen[name] = port
    return chosen


def choose_web(wanted: int | None, *, is_free: Callable[[int], bool]) -> int:
    """The port of the website: exactly the wanted one, or the first free one from the usual."""
    if wanted is not None:
        if not is_free(wanted):
            raise NoFreePort(f"Port {wanted} is taken by another program; choose another PORT.")
        return wanted
    for port in range(USUAL_WEB_PORT, USUAL_WEB_PORT + 100):
        if is_free(port):
            return port
    raise NoFreePort(
        f"Ports {USUAL_WEB_PORT} to {USUAL_WEB_PORT + 99} are all taken; choose one with PORT=…."
    )


def _usable(name: str, port: int, is_free: Callable[[int], bool]) -> bool:
    return is_free(port) and (name not in WITH_GRPC or is_free(port + GRPC_OFFSET))


def _can_bind(family: socket.AddressFamily, address: str, port: int) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Without this a port that was closed a moment ago would seem taken for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except PermissionError:
            return False
        except OSError as error:
            # A machine without an IPv6 address cannot have it taken either.
            return family == socket.AF_INET6 and error.errno != errno.EADDRINUSE
    return True
