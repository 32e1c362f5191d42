"""Pages ask the database equally often however much they show."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from albums import actions, permissions
from albums.following import beginning
from sync.server.actions import create_folder
from tests.people import photo, song, streamed, video


def queries_of(browser, address):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


@pytest.fixture
def summer(alice):
    return actions.create_album(owner=alice, title="Summer")


def fill(album, numbers):
    owner = album.owner
    items = [photo(owner, f"{number}.jpg", day=number) for number in numbers]
    items += [streamed(video(owner, f"{number}.mp4", day=number)) for number in numbers[:5]]
    items += [song(owner, f"{number}.mp3", covered=number % 2 == 0) for number in numbers[:5]]
    actions.add_to_album(album=album, items=items)


@pytest.mark.parametrize("name", ["library", "album", "add", "arrange", "albums", "share"])
def test_fifty_items_cost_what_five_do(her, summer, name):
    shared = f"/s/{permissions.share_token(actions.share_album(album=summer))}/"
    args = [] if name in {"library", "albums"} else [summer.pk]
    address = shared if name == "share" else reverse(f"albums:{name}", args=args)
    fill(summer, range(5))
    her.get(address)
    few = queries_of(her, address)

    fill(summer, range(5, 50))

    assert queries_of(her, address) == few <= 12


def test_an_album_that_follows_a_folder_costs_what_another_does(her, alice, summer):
    folder = create_folder(owner=alice, name="Trips").folder
    trips = beginning.follow(folder=folder, place="", title="Trips")
    addresses = [reverse("albums:album", args=[album.pk]) for album in (summer, trips)]
    her.get(addresses[0])

    usual, followed = (queries_of(her, address) for address in addresses)

    assert followed == usual


def test_a_search_costs_what_the_library_does(her, summer):
    fill(summer, range(5))
    her.get("/")
    library = queries_of(her, "/")
    few = queries_of(her, "/?q=jpg")

    fill(summer, range(5, 50))

    assert queries_of(her, "/?q=jpg") == few <= library
