"""Items: coming into a library, being named, and learning what their blob turned out to be."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from albums import findings, names
from albums.actions.albums import add_to_album
from albums.mirrors import noting as mirrors
from albums.models import Album, Item
from albums.search import noting
from albums.similar import looks
from mediashare.accounts.models import User
from mediashare.storage.models import Blob
from processing import queries
from processing.models import MediaInfo


@transaction.atomic
def add_item(
    *, owner: User, blob: Blob, name: str, taken_at: datetime, album: Album | None = None
) -> Item:
    """Put a blob into a library, and into an album if one is named.

    The same blob again gives the same item, out of the trash if it was there.
    `taken_at` holds until processing finds a better one in the file.
    """
    held = _hold(blob)
    item, created = Item.objects.get_or_create(
        owner=owner,
        blob=blob,
        defaults={"name": names.clean(name), "kind": "file", "taken_at": taken_at},
    )
    if created:
        show_findings(held, [item])
    else:
        # What somebody brings stays, whatever becomes of a folder's file with the same bytes.
        item.files.update(has_brought=False)
        if item.deleted_at:
            item.deleted_at = None
            item.save(update_fields=["deleted_at"])
    if album:
        add_to_album(album=album, items=[item])
    return item


@transaction.atomic(savepoint=False)
def note_processed(*, blob: Blob) -> None:
    """Copy what processing knows about a blob into its items. Asking again is harmless."""
    held = _hold(blob)
    # Locked, so that a correction that is being made is not overwritten.
    items = list(Item.objects.select_for_update().filter(blob=held))
    show_findings(held, items)
    mirrors.note_items(item.pk for item in items)


@transaction.atomic
def note_many_processed(*, blob_ids: Collection[UUID]) -> None:
    """Copy the states of many blobs into their items. As many queries as for a few."""
    # Locked in one order, so that two of these never wait for each other.
    held = Blob.objects.select_for_update(no_key=True).order_by("pk").filter(pk__in=blob_ids)
    blobs = list(held.prefetch_related(queries.jobs_of_many(), "items"))
    changed = []
    for blob in blobs:
        outcome = queries.state_of(blob)
        for item in blob.items.all():
            if (item.state, item.reason) != (outcome.state, outcome.reason):
                item.state, item.reason = Item.State(outcome.state), outcome.reason
                changed.append(item)
    Item.objects.bulk_update(changed, ["state", "reason"])


@transaction.atomic
def rename_item(*, item: Item, name: str) -> None:
    """Name an item. The ending that says what kind of file it is stays."""
    item.name = names.clean(names.keep_suffix(old=item.name, new=names.clean(name)))
    item.save(update_fields=["name"])
    noting.note([item], MediaInfo.objects.in_bulk([item.blob_id]))
    mirrors.note_items([item.pk])


def _hold(blob: Blob) -> Blob:
    # An item made while a job ends would otherwise miss what that job found out, for ever.
    found = Blob.objects.select_related("media_info")
    return found.select_for_update(of=("self",), no_key=True).get(pk=blob.pk)


def show_findings(blob: Blob, items: list[Item]) -> None:
    """Copy what is known of a blob, which the caller has locked and read anew, into its items."""
    outcome = queries.state_of(blob)
    info: MediaInfo | None = getattr(blob, "media_info", None)
    for item in items:
        item.state, item.reason = outcome.state, outcome.reason
        if info:
            findings.copy(info, item)
        # One, nearly always: a blob has one owner, who has it once.
        item.save(update_fields=["state", "reason", *findings.FIELDS])
    if items:
        looks.note(items, info)
        noting.note(items, {blob.pk: info} if info else {})
