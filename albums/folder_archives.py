"""Archives of synced folders: what somebody may want, and what goes into it.

Beside albums, since only here both folders and archives are known.
"""

import hashlib
from collections.abc import Collection, Iterator
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, UUIDField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from processing.archives.actions import Wish
from processing.archives.contents import File
from processing.archives.models import Archive
from processing.reasons import ARCHIVE_TOO_LARGE_FOR_VISITORS, FOLDER_IS_CLOSED, Refused
from processing.recipes.zip_names import Folder as Names
from processing.recipes.zip_names import safe
from sync.server import contents
from sync.server.journal.chosen import get_journal
from sync.server.models import Folder, Member


def wish(
    folder: Folder, picked: Collection[str], *, name: str, is_for_visitors: bool = False
) -> Wish:
    """What is in a folder now, or in what was picked there, whatever changes later."""
    number = get_journal().head(folder.pk)
    chosen = sorted(picked)
    told = "\0".join(["folder", str(folder.pk), str(number), str(is_for_visitors), *chosen])
    return Wish(
        kind=Archive.Kind.FOLDER,
        name=f"{safe(name)}.zip",
        contents={"folder": str(folder.pk), "entries": chosen, "number": number},
        fingerprint=hashlib.sha256(told.encode()).hexdigest(),
        is_for_visitors=is_for_visitors,
    )


def readable(archives: QuerySet[Archive]) -> QuerySet[Archive]:
    """Without those of folders that whoever asked for them may read no more."""
    folder = Cast(KeyTextTransform("folder", "contents"), UUIDField())
    inside = Member.objects.inside().filter(folder=OuterRef("folder"), user=OuterRef("owner"))
    return archives.alias(folder=folder).filter(~Q(kind=Archive.Kind.FOLDER) | Exists(inside))


def files_of(archive: Archive) -> Iterator[File]:
    """The files, each under names that unpack anywhere, in one folder of the archive's name.

    Raises Refused when visitors want more than they may have, and when whoever asked has left the
    folder since.
    """
    if not readable(Archive.objects.filter(pk=archive.pk)).exists():
        raise Refused(FOLDER_IS_CLOSED, str(archive.pk))
    size_bytes = 0
    wanted = archive.contents
    root = safe(archive.name.removesuffix(".zip"))
    places: dict[tuple[str, ...], tuple[str, Names]] = {(): (root, Names())}

    def place(folders: tuple[str, ...]) -> tuple[str, Names]:
        if folders not in places:
            above, names = place(folders[:-1])
            places[folders] = (f"{above}/{names.place(folders[-1])}", Names())
        return places[folders]

    found = contents.files_in(
        UUID(wanted["folder"]), frozenset(wanted["entries"]), at=wanted["number"]
    )
    for content in found:
        size_bytes += content.blob.size_bytes
        if archive.is_for_visitors and size_bytes > settings.ARCHIVE_VISITOR_BYTES:
            raise Refused(ARCHIVE_TOO_LARGE_FOR_VISITORS, str(archive.pk))
        above, names = place(content.path[:-1])
        path = f"{above}/{names.place(content.path[-1])}"
        yield File(path=path, modified_at=content.modified_at, blob=content.blob)
