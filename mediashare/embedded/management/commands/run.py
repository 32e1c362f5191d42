"""`manage.py run`: the supervisor of the one-machine stack, in the foreground until Ctrl-C."""

import os
import signal
import sys
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from mediashare.embedded import checks, demo
from mediashare.embedded.console import Console
from mediashare.embedded.home import Home
from mediashare.embedded.screen import screen
from mediashare.embedded.stack import Plan, Stack, StopAsked


class Command(BaseCommand):
    help = "Run everything on this machine: servers, web, worker and timer."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        try:
            port = checks.wanted_web_port(os.environ.get("PORT", ""))
            stack = Stack(Home.usual().path, Plan(web_port=port, demo=True), console)
            _stop_on_signals(stack)
            with stack:
                console.show(
                    screen(
                        url=stack.url,
                        home=stack.home.path,
                        demo=(demo.EMAIL, demo.PASSWORD),
                        chosen=port is not None,
                        admin=(demo.ADMIN_EMAIL, stack.memory.secrets["admin_password"]),
                    )
                )
                stack.wait()
                console.show("Stopping; once more to stop at once.")
        except StopAsked:
            console.show("Stopped before everything was up.")
        except checks.CannotRun as error:
            sys.exit(str(error))
        else:
            console.show("Stopped. Everything is kept for the next `make run`.")


def _stop_on_signals(stack: Stack) -> None:
    """The first signal asks to stop in order; every later one ends the parts at once."""
    seen: list[int] = []

    def react(number: int, frame: FrameType | None) -> None:
        if seen:
            stack.kill()
        seen.append(number)
        stack.ask_to_stop()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, react)
