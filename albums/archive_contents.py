"""What goes into an archive: originals under names that unpack anywhere, and what is known of them.

Beside each file stands a JSON file of the same name. An album is one folder. A takeout holds
every file once, by year and month, and each album as a list of paths. What is in the trash is
on its way out and not part of any archive.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from albums import archive_wishes, folder_archives
from albums.models import Album, Item
from mediashare.accounts.models import User
from processing.archives.contents import File
from processing.archives.models import Archive
from processing.models import MediaInfo
from processing.reasons import ALBUM_CHANGED, Refused
from processing.recipes.zip_names import Folder, safe

AT_ONCE = 500
SIDECAR = ".json"
README = """\
Everything in the library of {name}, as it was on {day}.

Library/  every photo and video as it was uploaded, by year and month. Beside each file stands
          a JSON file with what is known of it: date, place, camera, description, albums.
Albums/   one JSON file for each album: its title, its words, and its pictures in their order,
          as paths in Library/.

What was in the trash is not here. Dates in the archive are those of the pictures.
"""


def files_of(archive: Archive) -> Iterator[File] | None:
    """The files of an archive in their order; None when it is of no kind that is known here.

    Raises Refused, while they are asked for.
    """
    match archive.kind:
        case Archive.Kind.ALBUM:
            return _album(archive)
        case Archive.Kind.SELECTION:
            return _selection(archive)
        case Archive.Kind.TAKEOUT:
            return _takeout(archive)
        case Archive.Kind.FOLDER:
            return folder_archives.files_of(archive)
    return None


def _album(archive: Archive) -> Iterator[File]:
    album = Album.objects.kept().filter(pk=archive.contents["album"]).first()
    if album is None:
        return
    if archive.is_for_visitors:
        _expect_the_same(archive, album)
    items = Item.objects.shown().filter(places__album=album)
    folder, root = Folder(), safe(album.title)
    names = []
    for item in _described(items.order_by("places__position", "places__id")):
        name = folder.place(item.name, beside=(SIDECAR,))
        names.append(name)
        yield from _both(archive, item, f"{root}/{name}")
    if names:
        name = folder.place("album.json")
        yield _json(archive, f"{root}/{name}", _album_facts(album, names))


def _expect_the_same(archive: Archive, album: Album) -> None:
    """What was put into the album since, and may be taken out again, no visitor asked for."""
    now = archive_wishes.for_visitors(album, with_place=archive.with_place)
    if now.fingerprint != archive.fingerprint:
        raise Refused(ALBUM_CHANGED)


def _selection(archive: Archive) -> Iterator[File]:
    ids = [UUID(item_id) for item_id in archive.contents["items"]]
    items = Item.objects.kept().filter(owner=archive.owner, pk__in=ids)
    folder, root = Folder(), safe(archive.name.removesuffix(".zip"))
    for item in _described(items.order_by("taken_at", "id")):
        name = folder.place(item.name, beside=(SIDECAR,))
        yield from _both(archive, item, f"{root}/{name}")


def _takeout(archive: Archive) -> Iterator[File]:
    root = safe(archive.name.removesuffix(".zip"))
    owner = User.objects.get(pk=archive.owner_id)
    text = README.format(name=owner.display_name, day=f"{archive.created_at:%-d %B %Y}")
    yield File(path=f"{root}/README.txt", modified_at=archive.created_at, text=text)
    paths: dict[UUID, str] = {}
    folders: dict[str, Folder] = {}
    for item in _described(Item.objects.kept().filter(owner=owner).order_by("taken_at", "id")):
        month = f"Library/{item.taken_at:%Y/%m}"
        name = folders.setdefault(month, Folder()).place(item.name, beside=(SIDECAR,))
        paths[item.pk] = f"{month}/{name}"
        yield from _both(archive, item, f"{root}/{month}/{name}")
    yield from _lists_of_albums(archive, root, paths)


def _lists_of_albums(archive: Archive, root: str, paths: dict[UUID, str]) -> Iterator[File]:
    folder = Folder()
    for album in Album.objects.kept().filter(owner=archive.owner_id).order_by("created_at", "id"):
        places = album.places.shown().order_by("position", "id")
        ids = places.values_list("item_id", flat=True).iterator()
        listed = [paths[item_id] for item_id in ids if item_id in paths]
        name = folder.place(f"{album.title}{SIDECAR}")
        yield _json(archive, f"{root}/Albums/{name}", _album_facts(album, listed))


def _described(items: QuerySet[Item]) -> Iterable[Item]:
    albums = Prefetch("albums", Album.objects.kept().order_by("title", "id"))
    whole = items.select_related("blob__media_info").prefetch_related(albums)
    return whole.iterator(chunk_size=AT_ONCE)


def _both(archive: Archive, item: Item, path: str) -> Iterator[File]:
    """An original and what is known of it."""
    when: dict[str, Any] = _when(archive, item)
    yield File(path=path, blob=item.blob, **when)
    yield File(path=path + SIDECAR, text=_written(_facts(archive, item)), **when)


def _when(archive: Archive, item: Item) -> dict[str, Any]:
    """When it was taken. Without the place only by the clock there, whose zone would tell of it."""
    if archive.with_place:
        return {"modified_at": item.taken_at, "clock_minutes": item.taken_offset_minutes or 0}
    return {"modified_at": item.clock.replace(tzinfo=UTC)}


def _facts(archive: Archive, item: Item) -> dict[str, Any]:
    info: MediaInfo | None = getattr(item.blob, "media_info", None)
    return {
        "name": item.name,
        "kind": item.kind,
        "description": item.description or None,
        "width": item.width or None,
        "height": item.height or None,
        "duration_seconds": item.duration_seconds,
        "size": item.blob.size_bytes,
        "sha256": item.blob.sha256 or None,
        **(_camera(info) if info else {}),
        **(_place(item) if archive.with_place else {"taken_at": f"{item.clock:%Y-%m-%dT%H:%M:%S}"}),
        **({} if archive.is_for_visitors else _private(item, info)),
    }


def _camera(info: MediaInfo) -> dict[str, Any]:
    return {
        "format": info.format,
        "camera": info.camera or None,
        "lens": info.lens or None,
        "exposure": info.exposure or None,
    }


def _place(item: Item) -> dict[str, Any]:
    """Where it was, and when: the moment and the clock's zone."""
    found: dict[str, Any] = {
        "taken_at": item.taken_at.isoformat(),
        "taken_offset_minutes": item.taken_offset_minutes,
    }
    if item.latitude is not None:
        found["place"] = {
            "latitude": item.latitude,
            "longitude": item.longitude,
            "name": item.place or None,
            "country_code": item.country_code or None,
        }
    return found


def _private(item: Item, info: MediaInfo | None) -> dict[str, Any]:
    """What only the owner may know; `corrected` names what they set themselves."""
    return {
        "id": str(item.pk),
        "added_at": item.added_at.isoformat(),
        "date_source": (info.date_source or None) if info else None,
        "rating": info.rating if info else None,
        "keywords": item.keywords,
        "corrected": item.corrected,
        "albums": [album.title for album in item.albums.all()],
    }


def _album_facts(album: Album, paths: list[str]) -> dict[str, Any]:
    return {
        "title": album.title,
        "description": album.description or None,
        "created_at": album.created_at.isoformat(),
        "changed_at": album.changed_at.isoformat(),
        "items": paths,
    }


def _json(archive: Archive, path: str, facts: dict[str, Any]) -> File:
    return File(path=path, modified_at=archive.created_at, text=_written(facts))


def _written(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"
