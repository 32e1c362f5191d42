"""Each page for its owner, for a stranger who is signed in, and for nobody."""

import pytest
from django.urls import reverse

from albums import actions, permissions
from tests.people import photo

PAGES = ["album", "edit_album", "add", "arrange", "shares"]
OWN_LISTS = ["albums", "trash"]


@pytest.fixture
def summer(alice):
    item = photo(alice)
    return actions.create_album(owner=alice, title="Summer", items=[item])


@pytest.fixture
def beach(summer):
    return summer.items.get()


def test_the_front_page_is_a_library_or_an_invitation(client, her, beach):
    assert b"Every picture" in client.get("/").content
    assert f"tile-{beach.pk}" in her.get("/").content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_album_pages_are_their_owners(client, her, his, summer, name):
    address = reverse(f"albums:{name}", args=[summer.pk])

    assert her.get(address).status_code == 200
    assert his.get(address).status_code == 404
    assert client.get(address).headers["Location"].startswith("/account/login/")


@pytest.mark.parametrize("name", OWN_LISTS)
def test_lists_show_ones_own_and_need_signing_in(client, her, his, summer, name):
    address = reverse(f"albums:{name}")

    assert her.get(address).status_code == 200
    assert "Summer" not in his.get(address).content.decode()
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("part", ["", "tile"])
def test_item_pages_are_their_owners(client, her, his, beach, part):
    address = f"/items/{beach.pk}/{part}"

    assert her.get(address).status_code == 200
    assert his.get(address).status_code == 404
    assert client.get(address).status_code == 302


def test_an_item_in_an_album_knows_its_way_back(her, his, summer, beach):
    address = reverse("albums:album_item", args=[summer.pk, beach.pk])

    assert f'href="/albums/{summer.pk}/"' in her.get(address).content.decode()
    assert his.get(address).status_code == 404


def test_an_item_that_is_not_in_the_album_is_shown_in_the_library(her, alice, summer):
    other = photo(alice, "fox.jpg")

    answer = her.get(reverse("albums:album_item", args=[summer.pk, other.pk]))

    assert answer.headers["Location"] == reverse("albums:item", args=[other.pk])


@pytest.mark.parametrize("name", ["trash_album", "restore_album", "move"])
def test_a_stranger_cannot_change_an_album(his, summer, beach, name):
    answer = his.post(reverse(f"albums:{name}", args=[summer.pk]), {"item": beach.pk})

    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["rename_item", "trash_item", "retry_item"])
def test_a_stranger_cannot_change_an_item(his, beach, name):
    answer = his.post(reverse(f"albums:{name}", args=[beach.pk]), {"name": "mine.jpg"})

    beach.refresh_from_db()
    assert answer.status_code == 404
    assert (beach.name, beach.deleted_at) == ("beach.jpg", None)


def test_a_stranger_cannot_pick_somebody_elses_items(his, bob, beach):
    his.post("/selection/", {"do": "trash", "item": beach.pk})
    his.post("/albums/", {"title": "Mine", "item": beach.pk})

    beach.refresh_from_db()
    assert beach.deleted_at is None
    assert bob.albums.get().items.count() == 0


def test_a_stranger_cannot_close_a_link(his, summer):
    link = actions.share_album(album=summer)

    answer = his.post(reverse("albums:revoke", args=[summer.pk, link.pk]))

    link.refresh_from_db()
    assert (answer.status_code, link.revoked_at) == (404, None)


def test_one_albums_link_does_not_show_another_albums_item(client, alice, summer):
    link = actions.share_album(album=summer)
    other = photo(alice, "secret.jpg")
    token = permissions.share_token(link)

    assert client.get(f"/s/{token}/items/{summer.items.get().pk}/").status_code == 200
    assert client.get(f"/s/{token}/items/{other.pk}/").status_code == 404


def test_what_a_stranger_may_not_see_and_what_is_not_there_look_the_same(his, summer):
    missing = his.get("/albums/00000000-0000-0000-0000-000000000000/")

    assert (missing.status_code, his.get(f"/albums/{summer.pk}/").status_code) == (404, 404)
    assert b"There is nothing at this address" in missing.content
