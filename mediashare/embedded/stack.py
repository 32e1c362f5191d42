"""The whole stack as one object: its parts, and in which order they start and stop.

Servers first, then the errands that prepare database, buckets and demo, then the service's
own programs. Stopping goes the other way. Reads no Django settings.
"""

import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO

from mediashare.embedded import (
    broker,
    environment,
    freshness,
    leftovers,
    objectstore,
    ports,
    postgres,
    stocking,
)
from mediashare.embedded import home as homes
from mediashare.embedded import programs as services
from mediashare.embedded.checks import CannotRun, check_home
from mediashare.embedded.console import Console
from mediashare.embedded.errands import run_errand
from mediashare.embedded.home import Home, Memory
from mediashare.embedded.keeper import Keeper
from mediashare.embedded.parts import Part

SERVERS = ("postgres", "objects", "broker")
PROGRAMS = ("web", "waiting", "interactive", "media", "timer")
EVERYTHING = SERVERS + PROGRAMS
START_SECONDS = 90


class StopAsked(Exception):
    """Somebody asked to stop while the stack was starting."""


@dataclass(frozen=True)
class Plan:
    """What to run. `settings` are added to the service's own; a given `web_port` is exact.

    `prepare` migrates the database and gathers static files; `demo` fills the site once.
    """

    parts: Sequence[str] = EVERYTHING
    prepare: bool = True
    demo: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    originals: Sequence[str] = (stocking.ORIGINALS,)
    renditions: Sequence[str] = (stocking.RENDITIONS,)
    web_port: int | None = None
    durable: bool = True


class Stack:
    """A context manager: inside it everything in the plan runs and answers."""

    def __init__(self, path: Path, plan: Plan | None = None, console: Console | None = None):
        self.home = Home(path.resolve())
        self.plan = plan or Plan()
        self.memory = Memory()
        self.settings: dict[str, str] = {}
        self._console = console or Console()
        self._lock: IO[str] | None = None
        self._keepers: dict[str, Keeper] = {}
        self._register = leftovers.Register(self.home / "processes.json")
        self._stop_asked = threading.Event()

    def __enter__(self) -> "Stack":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return self.settings["SITE_URL"]

    @property
    def env(self) -> dict[str, str]:
        """The whole environment of the service's programs."""
        return {
            **os.environ,
            **self.settings,
            "MEDIASHARE_HOME": str(self.home.path),
            "DJANGO_SETTINGS_MODULE": "mediashare.settings",
            "PYTHONUNBUFFERED": "1",
        }

    def prepare(self) -> None:
        """Decide ports and settings and write them down, without starting anything.

        Raises CannotRun when this home cannot be used or is in use.
        """
        check_home(self.home.path)
        try:
            self._lock = homes.lock(self.home)
            for name in leftovers.stop_leftovers(self.home / "processes.json"):
                self._console.say("stack", f"stopped {name}, left behind by a run that was killed")
            self._decide()
            self._lock.write(self.url)
            self._lock.flush()
        except ports.NoFreePort as error:
            raise CannotRun(str(error)) from error
        except OSError as error:
            raise CannotRun(
                f"{error.filename} cannot be used ({error.strerror}); "
                "give it to the user who runs this, or begin anew with `make clean`."
            ) from error

    def start(self) -> None:
        """Return when everything in the plan answers; what cannot be raises CannotRun.

        Raises StopAsked when `ask_to_stop` was called meanwhile. Nothing is left running then.
        """
        try:
            if self._lock is None:
                self.prepare()
            self._start(SERVERS)
            self._wait_for(["postgres", "broker"])
            if self.plan.prepare and not freshness.is_fresh(self.home / "prepared"):
                self.manage("prepare")
                freshness.note(self.home / "prepared")
            # The object store takes its time; meanwhile the programs can load.
            self._start(PROGRAMS)
            self._wait_for(["objects"])
            self._make_buckets()
            self._seed_demo()
            self._wait_for(PROGRAMS)
        except BaseException:
            self.stop()
            raise

    def ask_to_stop(self) -> None:
        """Make a start under way give up, and `wait` return; safe in a signal handler."""
        self._stop_asked.set()

    def wait(self) -> None:
        """Return when `ask_to_stop` is called."""
        self._stop_asked.wait()

    def stop(self) -> None:
        """Stop the programs, then the servers. Asking again is harmless."""
        for tier in (PROGRAMS, SERVERS):
            keepers = [self._keepers[name] for name in tier if name in self._keepers]
            for keeper in keepers:
                keeper.ask_to_stop()
            for keeper in keepers:
                keeper.wait_stopped()
        if self._lock is not None:
            self._register.clear()
            self._lock.close()
            self._lock = None

    def kill(self, *names: str) -> None:
        """SIGKILL these parts, or all of them. A part that is not being stopped comes back."""
        for name in names or tuple(self._keepers):
            self._keepers[name].kill()

    def stop_part(self, name: str) -> None:
        """Stop one part in order; it stays away until `start_part`."""
        self._keepers[name].ask_to_stop()
        self._keepers[name].wait_stopped()

    def start_part(self, name: str) -> None:
        """Start a stopped part; return when it answers."""
        self._keepers[name].start()
        self._wait_for([name])

    def restart(self, name: str) -> None:
        self.stop_part(name)
        self.start_part(name)

    def wait_ready(self, name: str) -> None:
        """Return when the part answers, for example again after `kill`."""
        self._wait_for([name])

    def pid(self, name: str) -> int | None:
        """The process id of a part; None while it is not running."""
        return self._keepers[name].pid

    def manage(self, *words: str) -> None:
        """Run `manage.py WORDS` against this stack; raises CannotRun when it fails."""
        run_errand(words, self.env, say=self._console.say, cancelled=self._stop_asked.is_set)
        self._give_up_if_asked()

    def _decide(self) -> None:
        known = homes.recall(self.home)
        chosen = ports.choose_internal(known.ports, is_free=ports.is_free)
        web_port = ports.choose_web(self.plan.web_port, is_free=ports.is_free)
        self.memory = Memory(chosen, known.secrets)
        homes.remember(self.home, self.memory)
        self.settings = {
            **environment.service_settings(self.home, self.memory, web_port=web_port),
            **self.plan.settings,
        }
        homes.write_private(self.home.service_env, environment.as_env_file(self.settings))
        self._keepers = {
            part.name: Keeper(part, say=self._console.say, noted=self._register.note)
            for part in self._parts(web_port)
            if part.name in self.plan.parts
        }

    def _parts(self, web_port: int) -> list[Part]:
        home, memory, env = self.home, self.memory, self.env
        return [
            postgres.part(home, memory, durable=self.plan.durable),
            objectstore.part(
                home,
                memory,
                originals=self.plan.originals,
                renditions=self.plan.renditions,
                origins=self._origins(),
            ),
            broker.part(home, memory),
            services.web(env, port=web_port),
            services.waiting(env, port=memory.ports["waiting"]),
            services.interactive(env, home),
            services.media(env, home),
            services.timer(env, home),
        ]

    def _origins(self) -> list[str]:
        port = self.url.rsplit(":", 1)[1]
        return [f"http://localhost:{port}", f"http://127.0.0.1:{port}"]

    def _seed_demo(self) -> None:
        seeded = self.home / "demo-is-seeded"
        if self.plan.demo and not seeded.exists():
            self.manage("seed_demo")
            seeded.touch()

    def _make_buckets(self) -> None:
        if "objects" not in self._keepers:
            return
        stocking.make_buckets(
            self.memory,
            originals=self.plan.originals,
            renditions=self.plan.renditions,
            origins=self._origins(),
        )

    def _start(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self._keepers:
                self._keepers[name].start()

    def _wait_for(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self._keepers:
                self._keepers[name].wait_ready(
                    seconds=START_SECONDS, cancelled=self._stop_asked.is_set
                )
            self._give_up_if_asked()

    def _give_up_if_asked(self) -> None:
        if self._stop_asked.is_set():
            raise StopAsked
