"""Keep what items can be found by in step with what they say."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from albums.models import Item, ItemWords
from albums.search import words
from processing.models import MediaInfo


def note(items: Iterable[Item], infos: Mapping[UUID, MediaInfo]) -> None:
    """Write the words of items, whose rows the caller has locked or just made. One query.

    `infos` holds what is known of their blobs, by the blob's id.
    """
    ItemWords.objects.bulk_create(
        [
            ItemWords(
                item=item, said=words.said(item.owner_id, texts(item, infos.get(item.blob_id)))
            )
            for item in items
        ],
        update_conflicts=True,
        unique_fields=["item"],
        update_fields=["said"],
    )


def texts(item: Item, info: MediaInfo | None) -> list[str]:
    """All that an item can be found by; its own words first, since very many are cut off."""
    camera = [info.camera, info.lens] if info else []
    return [item.name, item.place, *camera, *item.keywords, item.description]
