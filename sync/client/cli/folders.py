"""`clone`, `add`, `folders`, `leave`: which folders are on this computer, and where."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from sync.client import root as marker
from sync.client import roots
from sync.client.cli.copies import connected
from sync.client.cli.desk import Connection, Desk
from sync.client.cli.rounds import sync_roots
from sync.client.disk import LocalDisk
from sync.client.ignore import OWN_FOLDER
from sync.client.roots import Root
from sync.protocol.folders import FolderName, FolderSummary

PLACE = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("folder")
@click.argument("path", required=False, type=PLACE)
@click.pass_obj
def clone(desk: Desk, folder: str, path: Path | None) -> int:
    """Fetch FOLDER, by its name or id, into PATH, which is made.

    PATH is the folder's name here, if it is not given, without what would lead elsewhere.
    """
    with connected(desk) as (_, connection):
        found = find(connection, folder)
    place = (path or Path(_place_for(found))).resolve()
    if place.exists() and any(place.iterdir()):
        raise click.UsageError(
            f"{place} is not empty. Use `mediashare-sync add {place} --to {folder}` to make what"
            " is in it one with the folder."
        )
    return _begin(desk, place, found)


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--name", help="What the new folder is called, if not as PATH is.")
@click.option("--to", "folder", help="Make PATH one with this folder, instead of a new one.")
@click.pass_obj
def add(desk: Desk, path: Path, name: str | None, folder: str | None) -> int:
    """Keep PATH equal from now on: as a new folder, or as one with another.

    A PATH that was one already, and has moved, is known again.
    """
    place = path.resolve()
    with connected(desk) as (_, connection):
        known = _marked(place)
        if known or folder:
            found = find(connection, known or folder or "")
        else:
            called = _must_be_a_name(place.name if name is None else name)
            # Before it is made there, where it would stay behind.
            _prepare(desk, place)
            found = connection.make_folder(called)
    return _begin(desk, place, found)


@click.command()
@click.pass_obj
def folders(desk: Desk) -> None:
    """List all folders that you are in, and where they are on this computer."""
    with connected(desk) as (_, connection):
        found = connection.folders()
    places: dict[str, list[str]] = {}
    for root in roots.all_of(desk.home):
        places.setdefault(root.folder, []).append(root.path)
    for folder in found:
        here = ", ".join(places.get(folder.id, [])) or "not on this computer"
        what = "album, read-only" if folder.kind == "album" else folder.role
        desk.screen.show(f"{folder.name}  ({what})  {here}")
        desk.screen.data(
            id=folder.id,
            name=folder.name,
            kind=folder.kind,
            role=folder.role,
            paths=places.get(folder.id, []),
        )
    if not found:
        desk.screen.show(
            "You are in no folder yet. Make one of a directory: mediashare-sync add PATH"
        )


@click.command()
@click.argument("path", type=PLACE)
@click.pass_obj
def leave(desk: Desk, path: Path) -> None:
    """Keep PATH equal no longer. All files stay, here and on the site."""
    root = roots.holding(desk.home, path.resolve())
    if root is None:
        raise click.UsageError(f"{path} is not one of the folders that are kept equal here.")
    roots.drop(desk.home, root.path)
    desk.screen.show(f"{root.path} is left as it is. `mediashare-sync add` takes it up again.")
    desk.screen.data(path=root.path, folder=root.folder)


def _must_be_a_name(name: str) -> str:
    try:
        return msgspec.convert(name, FolderName)
    except msgspec.ValidationError as error:
        raise click.UsageError(
            f"A folder cannot be called “{name}”: a name is one line of at most 100 letters that"
            " are seen. Give it one by --name."
        ) from error


def _prepare(desk: Desk, place: Path) -> None:
    """Find out whether a place can be a copy of a folder. Raises UsageError."""
    other = roots.overlapping(desk.home, place)
    if other:
        raise click.UsageError(f"{place} and {other.path} would be in one another.")
    with _usable(place):
        Path(place, OWN_FOLDER).mkdir(parents=True, exist_ok=True)


@contextmanager
def _usable(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.UsageError(f"{place} cannot be used: {error.strerror}.") from error


def _begin(desk: Desk, place: Path, folder: FolderSummary) -> int:
    _prepare(desk, place)
    with _usable(place):
        marker.mark(LocalDisk(str(place)), folder.id)
    root = Root(str(place), folder.id, folder.name)
    for before in roots.all_of(desk.home):
        # A copy that is not where it was has moved here.
        if before.folder == folder.id and not Path(before.path, marker.MARKER).exists():
            roots.drop(desk.home, before.path)
    roots.put(desk.home, root)
    desk.screen.tell(f"{place} is “{folder.name}” from now on.")
    return sync_roots(desk, [root])


def _place_for(folder: FolderSummary) -> str:
    """A name for its directory, here where somebody stands and not hidden.

    Others may have named it: it must not lead to where programs find their settings.
    """
    return folder.name.replace("/", "-").lstrip(".-") or folder.id


def _marked(place: Path) -> str:
    """The id of the folder that a path is a copy of already, or nothing."""
    found = place / marker.MARKER
    return found.read_text().strip() if found.is_file() else ""


def find(connection: Connection, wanted: str) -> FolderSummary:
    """The folder of a name or id. Raises UsageError."""
    found = [each for each in connection.folders() if wanted in {each.id, each.name}]
    # An album that follows a folder is often called like it.
    found = [each for each in found if each.kind == "folder"] or found
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(each.id for each in found)
        raise click.UsageError(f"Several folders are called {wanted}. Take one by its id: {ids}.")
    raise click.UsageError(
        f"You are in no folder {wanted}. `mediashare-sync folders` lists those that you are in."
    )
