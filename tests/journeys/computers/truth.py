"""What must hold in the end, whatever happened: read from database and bucket, not from clients."""

import hashlib
import subprocess
import sys
from collections.abc import Sequence

from mediashare.embedded.home import PROJECT
from tests.journeys.chaos.site import Site
from tests.journeys.computers.computer import Computer, Tree
from tests.journeys.computers.person import Books


def check(site: Site, folder: str, computers: Sequence[Computer], books: Books) -> None:
    """All trees are equal, nothing that nobody gave up is lost, nothing half is left over."""
    there = tree_of_service(site, folder)
    for computer in computers:
        assert computer.tree() == there, computer.name
    current = {content for kind, content, _ in there.values() if kind == "file"}
    assert books.made - books.retired <= current
    _end_the_day(site)
    check_contents(site, folder, current)
    check_room(site, folder)


def head(site: Site, folder: str) -> int:
    rows = site.rows("select number from sync_journalhead where folder = %s", folder)
    return rows[0][0] if rows else 0


def tree_of_service(site: Site, folder: str) -> Tree:
    """What is there, by path."""
    rows = site.rows(
        "select entry, parent, name, kind, sha256, target, is_executable"
        " from sync_journalentry where folder = %s and taken is not null",
        folder,
    )
    places = {entry: (parent, name) for entry, parent, name, *_ in rows}

    def path(entry: str) -> str:
        parent, name = places[entry]
        return f"{path(parent)}/{name}" if parent else str(name)

    return {
        path(entry): (kind, sha256 or target, runs)
        for entry, _, _, kind, sha256, target, runs in rows
    }


def check_contents(site: Site, folder: str, current: set[str]) -> None:
    """Of every content that was ever acknowledged, S3 has the very bytes."""
    acknowledged = {
        sha256
        for (sha256,) in site.rows(
            "select distinct sha256 from sync_journalline where folder = %s and sha256 <> ''",
            folder,
        )
    }
    assert current <= acknowledged
    keys = dict(
        site.rows(
            "select f.sha256, b.key from sync_folderblob f"
            " join storage_blob b on b.id = f.blob_id where f.folder_id = %s",
            folder,
        )
    )
    assert acknowledged <= keys.keys()
    for sha256, key in keys.items():
        stored = site.read(key, bucket=site.originals)
        assert hashlib.sha256(stored).hexdigest() == sha256, key


def check_room(site: Site, folder: str) -> None:
    """Rows and objects are the same, no upload is half done, and the quota is exact."""
    prefix = f"folders/{folder}/"
    named = site.rows("select key, size_bytes from storage_blob where key like %s", f"{prefix}%")
    stored = site.objects(site.originals)
    assert {key: size for key, size in stored.items() if key.startswith(prefix)} == dict(named)
    assert [key for key in site.multiparts(site.originals) if key.startswith(prefix)] == []
    [(used, reserved, counted)] = site.rows(
        "select used_bytes, reserved_bytes,"
        " (select sum(size_bytes) from storage_blob b where b.owner_id = u.id)"
        " from accounts_user u where id = (select owner_id from sync_folder where id = %s)",
        folder,
    )
    assert (used, reserved) == (counted, 0)


def _end_the_day(site: Site) -> None:
    """What the sweeps remove of strays, a day later."""
    command = [sys.executable, "-m", "tests.journeys.chaos.tomorrow"]
    subprocess.run(command, env=site.stack.env, cwd=PROJECT, check=True)
