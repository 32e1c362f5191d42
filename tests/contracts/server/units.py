"""Units of `deploy/server/units`, read and run as systemd would, as processes of a test.

Commands, environments, signals and times are those of the files; only their places lie elsewhere.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from dotenv import dotenv_values

from mediashare.embedded.home import PROJECT

UNITS = PROJECT / "deploy" / "server" / "units"
SERVERS = ("mediashare-postgres.service", "mediashare-objects.service", "mediashare-broker.service")


def read(name: str) -> dict[str, list[str]]:
    """What a unit and the drop-ins for all say; of a template, with the instance put in."""
    prefix, _, instance = name.removesuffix(".service").partition("@")
    file = UNITS / (f"{prefix}@.service" if instance else name)
    said: dict[str, list[str]] = {}
    drop_ins = [*UNITS.glob("mediashare-.service.d/*.conf"), *UNITS.glob(f"{file.name}.d/*.conf")]
    for each in (file, *sorted(drop_ins, key=lambda each: each.name)):
        for line in each.read_text().splitlines():
            key, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                value = value.replace("%%", "\0").replace("%i", instance).replace("\0", "%")
                said.setdefault(key, []).append(value)
    return said


class Machine:
    """Runs units with their places moved below one folder."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._places = {
            "/opt/mediashare/current/.venv": sys.prefix,
            "/opt/mediashare/current": str(PROJECT),
            "/etc/mediashare": str(place / "etc"),
            "/var/lib/mediashare-data": str(place / "data"),
            "/var/lib/mediashare-proxy": str(place / "proxy"),
            "/var/lib/mediashare": str(place / "lib"),
            "/var/cache/mediashare": str(place / "cache"),
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.log: IO[bytes] = (place / "log").open("wb")
        for each in ("etc", "data", "proxy", "lib", "cache"):
            # PostgreSQL refuses to be root; its stand-in must get to its data.
            (place / each).mkdir(mode=0o711)

    def start(self, name: str) -> None:
        """Start a unit; return when what stands after it has run, as its dependents would."""
        unit = read(name)
        begun = self._spawn(name, unit["ExecStart"][0])
        if unit.get("Type") == ["oneshot"]:
            assert begun.wait(240) == 0, self.said()
            return
        self._running[name] = begun
        for line in unit.get("ExecStartPost", []):
            assert self._spawn(name, line).wait(240) == 0, self.said()

    def stop(self, name: str) -> int:
        """Stop it as the unit says; the exit code. Raises TimeoutExpired where systemd kills."""
        self._tell_to_stop(name)
        return self._wait_stopped(name)

    def close(self) -> None:
        """Stop everything: what serves, then what it needs."""
        servers = [name for name in SERVERS if name in self._running]
        for processes in ([name for name in self._running if name not in servers], servers):
            for name in processes:
                self._tell_to_stop(name)
            for name in processes:
                self._wait_stopped(name)
        self.log.close()

    def said(self) -> str:
        return (self.place / "log").read_text(errors="replace")[-4000:]

    def environment(self, name: str) -> dict[str, str]:
        """What systemd would give the unit's processes, and what they need of this machine."""
        unit = read(name)
        files = [self._here(file) for file in unit.get("EnvironmentFile", [])]
        lines = " ".join(unit.get("Environment", [])).split()
        return {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "mediashare.settings",
            **{key: value or "" for file in files for key, value in dotenv_values(file).items()},
            **dict(self._here(line).split("=", 1) for line in lines),
        }

    def run(self, words: list[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, env=dict(env), cwd=PROJECT, capture_output=True, text=True, check=False
        )

    def _tell_to_stop(self, name: str) -> None:
        said = read(name).get("KillSignal", ["SIGTERM"])
        self._running[name].send_signal(signal.Signals[said[0]])

    def _wait_stopped(self, name: str) -> int:
        return self._running.pop(name).wait(float(read(name)["TimeoutStopSec"][0]))

    def _spawn(self, name: str, line: str) -> subprocess.Popen[bytes]:
        env = self.environment(name)
        words = [
            re.sub(r"\$\{(\w+)\}", lambda found: env[found[1]], self._here(word))
            for word in line.split()
        ]
        return subprocess.Popen(
            words, env=env, cwd=PROJECT, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def _here(self, text: str) -> str:
        for there, here in self._places.items():
            text = text.replace(there, here)
        return text
