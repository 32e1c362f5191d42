"""Several people at several computers move the same album's items at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import connection, transaction

from albums import actions
from albums.models import Album, Item
from mediashare.storage.models import Blob
from tests.people import SUMMER, blob_of, person, photo, prepared


@pytest.mark.django_db(transaction=True)
def test_concurrent_moves_and_additions_leave_a_clean_order():
    alice = person("alice")
    items = [photo(alice, f"{number}.jpg") for number in range(8)]
    album = actions.create_album(owner=alice, title="Busy", items=items[:6])

    def change(number: int) -> None:
        with closing(connection):
            own = Album.objects.get(pk=album.pk)
            if number % 3 == 0:
                actions.add_to_album(album=own, items=Item.objects.filter(owner=alice))
            actions.move_in_album(album=own, item=items[number % 6], before=items[0])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(24)))

    positions = list(album.places.values_list("position", flat=True))
    assert len(positions) == len(set(positions)) == 8


@pytest.mark.django_db(transaction=True)
def test_an_item_made_while_its_job_ends_learns_the_result():
    """Whichever of the two commits first, the item is ready in the end."""
    alice = person("alice")
    blobs = [blob_of(alice, f"{number}.jpg") for number in range(20)]

    def finish(blob: Blob) -> None:
        with closing(connection), transaction.atomic():
            prepared(blob, kind="photo")
            actions.note_processed(blob=blob)

    def add(blob: Blob) -> None:
        with closing(connection):
            actions.add_item(owner=alice, blob=blob, name="x.jpg", taken_at=SUMMER)

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(does, blob) for blob in blobs for does in (add, finish)]
    for piece in work:
        piece.result()

    assert Item.objects.filter(state="ready").count() == 20
