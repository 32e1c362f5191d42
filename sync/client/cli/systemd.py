"""`service`: have systemd keep `watch` running while its person is signed in. Linux only."""

import shutil
import subprocess
import sys
from pathlib import Path

import click
import platformdirs

from sync.client.cli.desk import Desk
from sync.client.cli.endings import Ending

NAME = "mediashare-sync.service"
UNIT = """\
[Unit]
Description=Keeps folders equal through mediashare

[Service]
ExecStart={command}
Restart=on-failure
RestartSec=30
# Signed out, or in need of a person: trying again would not help.
RestartPreventExitStatus=2 3 5
Nice=5
IOSchedulingClass=idle
NoNewPrivileges=yes

[Install]
WantedBy=default.target
"""


@click.group()
def service() -> None:
    """Have systemd keep `watch` running."""


@service.command()
@click.pass_obj
def install(desk: Desk) -> int:
    """Start `watch` now and at each sign-in."""
    path = _place()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(unit(desk.home.path))
    desk.screen.tell(f"{path} is written.")
    if not (_control("daemon-reload") and _control("enable", "--now", NAME)):
        desk.screen.warn(
            f"systemd does not answer here. {path} is written; in a session of your own say:"
            f" systemctl --user enable --now {NAME}"
        )
        return Ending.IN_PART
    desk.screen.show(
        "It runs. See what it does with `journalctl --user -u mediashare-sync -f`; for it to run"
        " while you are signed out, say `loginctl enable-linger`."
    )
    return Ending.FINE


@service.command()
@click.pass_obj
def uninstall(desk: Desk) -> None:
    """Stop it, and start it no more. Files and account stay."""
    _control("disable", "--now", NAME)
    _place().unlink(missing_ok=True)
    _control("daemon-reload")
    desk.screen.show("It is stopped and removed.")


def unit(home: Path) -> str:
    """The unit's text, for this installation and this home."""
    words = [sys.executable, "-m", "sync.client.cli", "--home", str(home), "--verbose", "watch"]
    return UNIT.format(command=" ".join(map(_quoted, words)))


def _quoted(word: str) -> str:
    """A word as systemd reads command lines: systemd.service(5)."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _place() -> Path:
    return platformdirs.user_config_path("systemd", appauthor=False) / "user" / NAME


def _control(*words: str) -> bool:
    """Whether systemd did it."""
    program = shutil.which("systemctl")
    if program is None:
        return False
    done = subprocess.run([program, "--user", *words], check=False, capture_output=True)  # noqa: S603
    return done.returncode == 0
