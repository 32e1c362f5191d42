"""One server of one's own: the stack's data servers and settings, for systemd to run.

    python -m mediashare.embedded.server settle          as root, after each change of site.env
    python -m mediashare.embedded.server become NAME     is that server from then on
    python -m mediashare.embedded.server await NAME      ends when it answers

Nothing here watches or starts again; units in `deploy/server/units` do. Reads no Django settings.
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from dotenv import dotenv_values

from mediashare.embedded import broker, environment, launch, objectstore, postgres, stocking
from mediashare.embedded import home as homes
from mediashare.embedded import ports as harbour
from mediashare.embedded.checks import CannotRun
from mediashare.embedded.home import Home, Memory
from mediashare.embedded.parts import Part

ETC = Path("/etc/mediashare")
# What site.env must say, since nobody can guess it.
REQUIRED = ("SITE_URL", "OBJECTS_URL", "TLS")
PORTS = (*harbour.INTERNAL, "web")
# Nothing in it is a secret: the proxy and the data servers read it.
PUBLIC = ("SITE_URL", "OBJECTS_URL", "TLS", "HTTP_PORT", "WEB_PORT", "WAITING_PORT", "S3_PORT")
START_SECONDS = 110


def settle(home: Home, etc: Path) -> None:
    """Write service.env and public.env from site.env. Passwords and ports stay what they were.

    Raises CannotRun when site.env does not say enough.
    """
    own = {name: value for name, value in dotenv_values(etc / "site.env").items() if value}
    if missing := [name for name in REQUIRED if name not in own]:
        raise CannotRun(f"{etc / 'site.env'} does not say {', '.join(missing)}.")
    home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = homes.recall(home)
    held = set(known.ports.values())
    chosen = harbour.choose_internal(
        known.ports, names=PORTS, is_free=lambda port: port in held or harbour.is_free(port)
    )
    memory = Memory(chosen, known.secrets)
    _remember(home, memory)
    settings = service_settings(home, memory, own)
    public = {name: settings[name] for name in PUBLIC if name in settings}
    _write(etc / "service.env", settings, mode=0o640)
    _write(etc / "public.env", public, mode=0o644)


def service_settings(home: Home, memory: Memory, own: Mapping[str, str]) -> dict[str, str]:
    """All settings of the service's programs; what the site says itself counts most."""
    site = own["SITE_URL"].rstrip("/")
    port = memory.ports
    return {
        **environment.service_settings(home, memory, web_port=port["web"]),
        "MEDIASHARE_HOME": "/var/lib/mediashare",
        "S3_PUBLIC_ENDPOINT_URL": own["OBJECTS_URL"].rstrip("/"),
        "SYNC_WAITING_URL": f"{site}/waiting/sync/v1",
        "TRUSTED_PROXIES": "1",
        "MAILBOX_DIR": "",
        "LOG_FORMAT": "json",
        "WEB_BIND": f"127.0.0.1:{port['web']}",
        "WEB_CONCURRENCY": str(max(2, os.cpu_count() or 1)),
        "WORKER_PROCESSES": str(max(1, (os.cpu_count() or 1) // 2)),
        "WAITING_HOST": "127.0.0.1",
        "WEB_PORT": str(port["web"]),
        "WAITING_PORT": str(port["waiting"]),
        "S3_PORT": str(port["s3"]),
        **own,
    }


def part(home: Home, name: str, *, site_url: str) -> Part:
    """One of the data servers."""
    memory = homes.recall(home)
    if name == "postgres":
        return postgres.part(home, memory, durable=True)
    if name == "broker":
        return broker.part(home, memory)
    return objectstore.part(
        home,
        memory,
        originals=[stocking.ORIGINALS],
        renditions=[stocking.RENDITIONS],
        origins=[site_url],
    )


def become(chosen: Part) -> None:
    """Turn this process into the server, so that signals reach it and its log is ours."""
    chosen.before()
    os.chdir(chosen.directory)
    if chosen.user:
        launch.become(chosen.user)
    os.execve(chosen.argv[0], chosen.argv, dict(chosen.env))


def wait_for(chosen: Part, *, seconds: float) -> None:
    """Return when it answers and has settled. Raises CannotRun when that takes too long."""
    ends = time.monotonic() + seconds
    while not chosen.ready():
        if time.monotonic() > ends:
            raise CannotRun(f"{chosen.name} does not answer.")
        time.sleep(0.2)
    time.sleep(chosen.settle_seconds)


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="mediashare.embedded.server", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("settle").set_defaults(run=_settle)
    for name, does in (("become", _become), ("await", _await)):
        act = acts.add_parser(name)
        act.add_argument("server", choices=("postgres", "objects", "broker"))
        act.set_defaults(run=does)
    asked = parser.parse_args(words)
    run: Callable[[argparse.Namespace], None] = asked.run
    try:
        run(asked)
    except CannotRun as error:
        sys.exit(str(error))


def _settle(asked: argparse.Namespace) -> None:
    settle(Home.usual(), Path(os.environ.get("MEDIASHARE_ETC", ETC)))


def _become(asked: argparse.Namespace) -> None:
    become(_part(asked))


def _await(asked: argparse.Namespace) -> None:
    wait_for(_part(asked), seconds=START_SECONDS)
    if asked.server == "objects":
        stocking.make_buckets(
            homes.recall(Home.usual()),
            originals=[stocking.ORIGINALS],
            renditions=[stocking.RENDITIONS],
            origins=[os.environ["SITE_URL"]],
        )


def _part(asked: argparse.Namespace) -> Part:
    return part(Home.usual(), asked.server, site_url=os.environ["SITE_URL"])


def _remember(home: Home, memory: Memory) -> None:
    """The servers read what root writes."""
    homes.remember(home, memory)
    owner = home.path.stat()
    os.chown(home / "stack.json", owner.st_uid, owner.st_gid)


def _write(file: Path, settings: Mapping[str, str], *, mode: int) -> None:
    """As systemd, the shell and python-dotenv read it alike; readers never see half of it."""
    if bad := [name for name, value in settings.items() if set(value) & set("'\n\\")]:
        raise CannotRun(
            f"{', '.join(bad)}: a quote, a backslash or a line's end is not understood."
        )
    new = file.with_name(file.name + ".new")
    new.touch(mode=0o600)
    new.write_text("".join(f"{name}='{value}'\n" for name, value in settings.items()))
    if os.geteuid() == 0:
        shutil.chown(new, group=_group())
    new.chmod(mode)
    new.replace(file)


def _group() -> int | str:
    """The service's own group, where the server has been set up for it."""
    import grp  # noqa: PLC0415  # Windows has none.

    try:
        return grp.getgrnam("mediashare").gr_name
    except KeyError:
        return 0


if __name__ == "__main__":
    main(sys.argv[1:])
