"""What becomes of items when two blobs of one person turn out to have the same bytes."""

from django.db import transaction

from albums.actions.items import show_findings
from albums.actions.succession import take_places
from albums.mirrors import noting as mirrors
from albums.models import Item, MergedItem
from mediashare.storage.models import Blob
from processing import actions as processing


@transaction.atomic
def merge_items(*, blob: Blob, held: Blob) -> None:
    """Let the items of a blob be items of another. Asking again is harmless.

    An owner who has an item of the other blob already keeps that one, out of the trash if it was
    there: it takes the newcomer's places in albums, and the newcomer's address leads to it.
    """
    for item in Item.objects.filter(blob=blob).select_for_update():
        twin = Item.objects.filter(owner=item.owner_id, blob=held).select_for_update().first()
        if twin is None:
            item.blob = held
            item.save(update_fields=["blob"])
            processing.request_processing(blob=held, name=item.name)
            show_findings(held, [item])
            mirrors.note_items([item.pk])
        else:
            _merge(item, into=twin)
    # What failed before is tried again: somebody has brought the file once more.
    processing.retry_failed(blob=held)


def _merge(item: Item, *, into: Item) -> None:
    take_places(heir=into, of=[item])
    front = into.behind_id or into.pk
    Item.objects.filter(behind=item).exclude(pk=front).update(behind=front)
    if item.deleted_at is None and into.deleted_at:
        into.deleted_at = None
        into.save(update_fields=["deleted_at"])
    MergedItem.objects.filter(item=item).update(item=into)
    MergedItem.objects.create(pk=item.pk, item=into)
    item.delete()
