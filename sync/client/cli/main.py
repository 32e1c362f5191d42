"""`mediashare-sync`: finds the command that was typed, and turns how it ended into a number.

A command's module is loaded when it is asked for, so that each starts quickly.
"""

import gc
import signal
import sys
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from sync.client.account import Account
from sync.client.cli import interrupts
from sync.client.cli.desk import Connect, Connection, Desk
from sync.client.cli.endings import Ending, ending_of
from sync.client.cli.screen import Screen, plain
from sync.client.errors import SyncStopped
from sync.client.home import Home, KeptFileIsBroken

# In the order in which a newcomer needs them; a module of this package, and what it calls it.
COMMANDS = {
    "login": "account:login",
    "logout": "account:logout",
    "folders": "folders:folders",
    "clone": "folders:clone",
    "add": "folders:add",
    "leave": "folders:leave",
    "people": "people:people",
    "invite": "people:invite",
    "remove": "people:remove",
    "invitations": "people:invitations",
    "accept": "people:accept",
    "decline": "people:decline",
    "sync": "rounds:sync",
    "watch": "watching:watch",
    "status": "rounds:status",
    "plan": "rounds:plan",
    "log": "looking:log",
    "versions": "looking:versions",
    "conflicts": "looking:conflicts",
    "restore": "mending:restore",
    "pause": "choosing:pause",
    "resume": "choosing:resume",
    "ignore": "choosing:ignore",
    "selective": "choosing:selective",
    "doctor": "doctor:doctor",
    "service": "systemd:service",
}


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"sync.client.cli.{module}"), name)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="MEDIASHARE_SYNC_HOME",
    help="Where this device keeps its account, if not at the usual place.",
)
@click.option("--json", "is_json", is_flag=True, help="Answer in JSON, for scripts.")
@click.option("-q", "--quiet", "is_quiet", is_flag=True, help="Say nothing unless it goes wrong.")
@click.option("-v", "--verbose", "is_verbose", is_flag=True, help="Say more, also in cron.")
@click.version_option(package_name="mediashare-sync")
@click.pass_context
def group(
    context: click.Context, home: Path | None, *, is_json: bool, is_quiet: bool, is_verbose: bool
) -> None:
    """Keep folders equal on many computers, through a mediashare site."""
    context.obj = Desk(
        Home(home) if home else Home.of_person(),
        Screen.of_this_process(is_json=is_json, is_quiet=is_quiet, is_verbose=is_verbose),
        context.obj or _connect,
    )


def main(arguments: list[str] | None = None) -> None:
    """Run a command and end the process."""
    # Trees of many thousand entries are no garbage, and nothing in them leads back to itself.
    gc.freeze()
    gc.set_threshold(100_000)
    # Unless whoever began it keeps it from hearing of it.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        interrupts.listen([signal.SIGINT], interrupts.interrupt)
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None, *, connect: Connect | None = None) -> int:
    """Run a command. The number that it ends with; what nobody expected is raised."""
    try:
        ended: Any = group.main(
            arguments, prog_name="mediashare-sync", standalone_mode=False, obj=connect
        )
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(interrupts.STOPPED, err=True)
        return Ending.TRY_LATER
    except (SyncStopped, KeptFileIsBroken) as error:
        return _explain(error)
    return ended if isinstance(ended, int) else Ending.FINE


def _connect(account: Account, token: str) -> AbstractContextManager[Connection]:
    # Loaded when the service is asked, which not every command does.
    from sync.client.connection import connect  # noqa: PLC0415

    return connect(account, token)


def _explain(error: Exception) -> int:
    ending, advice = ending_of(error) or (Ending.ASKS, "")
    click.echo(plain(f"{error} {advice}".rstrip()), err=True)
    return ending
