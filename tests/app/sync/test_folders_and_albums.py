"""A folder as an album and an album as a folder, with the journal in either store."""

import pytest

from albums import actions
from albums.following import beginning
from albums.mirrors import keeping
from tests.app.albums.following.shooting import Shoot
from tests.app.sync.syncing import Computer

pytestmark = pytest.mark.django_db


@pytest.fixture(
    params=["postgresql", pytest.param("ministack", marks=pytest.mark.xdist_group("ministack"))]
)
def journal(request, settings):
    """The service's own choice, here; the conformance of each is tested elsewhere."""
    if request.param == "ministack":
        request.getfixturevalue("table")
        settings.SYNC_JOURNAL = "dynamodb"


@pytest.mark.usefixtures("journal")
def test_a_picture_goes_from_a_folder_into_an_album_and_on_into_a_folder(alice):
    trips = Shoot(alice)
    trips.make("Lisbon")
    trips.put("sea.jpg")
    trips.put("tram.jpg", inside="Lisbon")
    trips.catch_up()
    hers = Computer(alice, str(trips.album.pk))
    assert names(hers) == ["sea.jpg", "tram.jpg"]

    trips.rename("Lisbon", "Old")
    trips.rename("tram.jpg", "Alfama.jpg")
    trips.delete("sea.jpg")
    trips.catch_up()
    keeping.sweep()
    assert names(hers) == ["Alfama.jpg"]

    trips.bring_back("sea.jpg")
    trips.catch_up()
    keeping.sweep()
    assert names(hers) == ["Alfama.jpg", "sea.jpg"]
    assert trips.shown() == ["sea.jpg", "Alfama.jpg"]

    beginning.stop(following=trips.album.following, keep_items=True)
    actions.remove_from_album(album=trips.album, items=trips.album.items.all())
    keeping.sweep()
    assert names(hers) == []


def names(computer):
    return sorted(line["state"]["name"] for line in computer.tree() if "entry" in line)
