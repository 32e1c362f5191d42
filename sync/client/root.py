"""The folder's root on this computer: its marker, the client's own folder, what the disk can do.

A root without its marker is never synced: an empty place where a disk is mounted at other times
looks the same as a folder from which somebody removed everything.
"""

from contextlib import suppress

from sync.client.errors import RootIsAnother, RootMissing
from sync.client.ignore import OWN_FOLDER
from sync.client.ports import Disk
from sync.planner import disk as disks

MARKER = f"{OWN_FOLDER}/folder"
INCOMING = f"{OWN_FOLDER}/incoming"
TRASH = f"{OWN_FOLDER}/trash"
_PROBES = (f"{OWN_FOLDER}/Capitals", f"{OWN_FOLDER}/capitals")


def mark(disk: Disk, folder: str) -> None:
    """Make a root a copy of this folder. Raises RootIsAnother when it is one of another."""
    for path in (OWN_FOLDER, INCOMING, TRASH):
        with suppress(FileExistsError):
            disk.make_folder(path)
    if disk.stat(MARKER) is None:
        unfinished = f"{MARKER}.new"
        if disk.stat(unfinished) is not None:
            disk.remove_file(unfinished)
        disk.write(unfinished, folder.encode())
        disk.flush(files=[unfinished])
        disk.rename_new(unfinished, MARKER)
        disk.flush(folders=["", OWN_FOLDER])
    check(disk, folder)


def check(disk: Disk, folder: str) -> None:
    """Raise RootMissing or RootIsAnother, if that is so."""
    try:
        found = disk.read(MARKER).decode(errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RootMissing(
            f"{disk.absolute('')} is not there, or not marked as a copy of the folder. "
            "Perhaps its disk is not mounted. Nothing was changed."
        ) from error
    if found != folder:
        raise RootIsAnother(
            f"{disk.absolute('')} is a copy of another folder. Nothing was changed."
        )


def furnish(disk: Disk) -> None:
    """Make anew what is gone of the client's own folder: people clear away what they find."""
    for path in (INCOMING, TRASH):
        if disk.stat(path) is None:
            with suppress(FileExistsError):
                disk.make_folder(path)


def abilities(disk: Disk) -> disks.Disk:
    """What the disk under a marked root can hold, found out by trying."""
    for path in _PROBES:
        if disk.stat(path) is not None:
            disk.remove_file(path)
    disk.write(_PROBES[0], b"")
    ignores_case = disk.stat(_PROBES[1]) is not None
    disk.remove_file(_PROBES[0])
    return disks.MACOS if ignores_case else disks.LINUX
