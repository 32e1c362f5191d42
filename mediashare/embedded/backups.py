"""Backups of one server: the database as it was at a moment, and every object that it speaks of.

Objects are copied first, then the database is dumped, then what came meanwhile is copied: so all
that a dump refers to is there, and nothing has to stand still. A backup without its manifest was
broken off, and is none.
"""

import gzip
import json
import os
import subprocess
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from mediashare.embedded import postgres
from mediashare.embedded.copies import Copies, Object, in_buckets

MOMENT = "%Y-%m-%dT%H-%M-%SZ"


class NoBackup(Exception):
    """There is none of that moment, or it cannot be made or restored; its text says why."""


def back_up(place: Path, *, now: datetime) -> str:
    """Make one, and let go of those that are too old; its name. Raises NoBackup."""
    name = now.strftime(MOMENT)
    with closing(Copies(place)) as copies:
        copies.bring()
        _dump(_database(place, name))
        copies.bring()
        kept = [each for each in in_buckets() if copies.has(each)]
        _write(_manifest(place, name), gzip.compress(json.dumps(kept).encode()))
        _write(place / "secret_key", settings.SECRET_KEY.encode())
        _let_go(place, copies, before=now - timedelta(days=settings.BACKUP_DAYS))
    return name


def restore(place: Path, name: str) -> int:
    """Make database and buckets be as they were then; how many objects were put back.

    What the database holds now is gone. What the buckets hold beside the backup stays. Raises
    NoBackup, with nothing changed.
    """
    if not _manifest(place, name).exists():
        raise NoBackup(f"{place} has no whole backup {name}.")
    with closing(Copies(place)) as copies:
        put_back = copies.put_back(_objects(place, name))
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    words = ["--no-owner", "--single-transaction", "--exit-on-error"]
    _run(["pg_restore", *words, f"--dbname={_name()}", str(_database(place, name))])
    return put_back


def names(place: Path) -> list[str]:
    """The whole backups that are there, oldest first."""
    return sorted(each.name.partition(".")[0] for each in place.glob("*.manifest.gz"))


def _let_go(place: Path, copies: Copies, *, before: datetime) -> None:
    *old, newest = names(place)
    spare = [name for name in old if name < before.strftime(MOMENT)]
    for name in spare:
        _manifest(place, name).unlink()
        _database(place, name).unlink()
    if spare:
        kept = [name for name in old if name not in spare]
        copies.forget({each for name in (*kept, newest) for each in _objects(place, name)})


def _objects(place: Path, name: str) -> list[Object]:
    return [
        Object(*row) for row in json.loads(gzip.decompress(_manifest(place, name).read_bytes()))
    ]


def _database(place: Path, name: str) -> Path:
    return place / f"{name}.dump"


def _manifest(place: Path, name: str) -> Path:
    return place / f"{name}.manifest.gz"


def _dump(target: Path) -> None:
    new = target.with_name(target.name + ".new")
    _run(["pg_dump", "--format=custom", "--no-owner", f"--file={new}", _name()])
    with new.open("rb") as written:
        os.fsync(written.fileno())
    new.replace(target)


def _write(target: Path, content: bytes) -> None:
    new = target.with_name(target.name + ".new")
    new.touch(mode=0o600)
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(target)


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _run(words: Sequence[str]) -> None:
    """One of PostgreSQL's own programs, of the version that the server has."""
    said = connection.settings_dict
    program = postgres.installation() / "bin" / words[0]
    env = {
        "PATH": os.defpath,
        "PGHOST": str(said["HOST"]),
        "PGPORT": str(said["PORT"]),
        "PGUSER": str(said["USER"]),
        "PGPASSWORD": str(said["PASSWORD"]),
    }
    done = subprocess.run(
        [str(program), *words[1:]], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoBackup(f"{words[0]}: {done.stderr.strip()}")
