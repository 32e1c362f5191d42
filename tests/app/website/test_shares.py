"""Share links: made by the owner, used by strangers, until they end."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from albums import actions, permissions
from albums.models import Item, ShareLink
from tests.people import photo, uploaded


@pytest.fixture
def summer(alice):
    return actions.create_album(owner=alice, title="Summer", items=[photo(alice)])


@pytest.fixture(autouse=True)
def nobody_has_tried():
    cache.clear()


def address(link):
    return f"/s/{permissions.share_token(link)}/"


def test_making_a_link_and_closing_it(her, client, summer):
    her.post(
        reverse("albums:shares", args=[summer.pk]), {"label": "Family", "allow_download": "on"}
    )
    link = summer.share_links.get()

    assert address(link) in her.get(reverse("albums:shares", args=[summer.pk])).content.decode()
    assert client.get(address(link)).status_code == 200

    her.post(reverse("albums:revoke", args=[summer.pk, link.pk]))

    answer = client.get(address(link))
    assert (answer.status_code, b"This link was closed" in answer.content) == (410, True)


def test_a_new_links_address_is_what_the_page_shows_next(her, summer):
    actions.share_album(album=summer)

    answer = her.post(reverse("albums:shares", args=[summer.pk]), {"label": "Family"})
    page = her.get(answer["Location"]).content.decode()

    place = f"address-{summer.share_links.get(label='Family').pk}"
    assert answer["Location"].endswith(f"#{place}")
    assert page.count(f'id="{place}"') == 1


def test_a_link_lives_through_its_last_day(her, summer, monkeypatch):
    late = timezone.now().replace(hour=23, minute=59)
    monkeypatch.setattr(timezone, "now", lambda: late)
    today = late.date()
    her.post(reverse("albums:shares", args=[summer.pk]), {"expires_on": today.isoformat()})

    assert summer.share_links.get().expires_at.date() == today


def test_a_link_cannot_end_in_the_past(her, summer):
    answer = her.post(reverse("albums:shares", args=[summer.pk]), {"expires_on": "2020-01-01"})

    assert (answer.status_code, summer.share_links.count()) == (422, 0)


def test_strangers_see_the_album_and_whose_it_is(client, summer):
    page = client.get(address(actions.share_album(album=summer))).content.decode()

    assert "Summer" in page
    assert "Alice" in page
    assert "1 item" in page
    assert "/account/" not in page


def test_a_visitors_page_learns_when_a_picture_is_there_and_of_no_other(client, alice, summer):
    waiting, private = uploaded(alice, "waiting.mp4", album=summer), uploaded(alice, "private.mp4")
    door = address(actions.share_album(album=summer))
    grid = client.get(door).content.decode()
    (mark,) = re.findall(r'data-pending="([^"]+)"', grid)
    asked = {"item": [f"{waiting.pk}:{mark}", f"{private.pk}:none"]}

    before = client.get(f"{door}items/states", asked).content.decode()
    waiting.blob.jobs.update(state="failed", reason="It is broken.")
    Item.objects.filter(pk=waiting.pk).update(state="failed", reason="It is broken.")
    after = client.get(f"{door}items/states", asked).content.decode()

    assert f'data-door="{door.rstrip("/")}"' in grid
    assert before.strip() == ""
    assert (f'href="{door}items/{waiting.pk}/"' in after, "It is broken." in after) == (True, True)
    assert "data-pending" not in after
    assert "checkbox" not in after
    assert str(private.pk) not in after


def test_a_share_page_is_for_no_index_and_gives_no_referrer(client, summer):
    headers = client.get(address(actions.share_album(album=summer))).headers

    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_a_wrong_address_is_not_found(client, summer):
    actions.share_album(album=summer)

    assert client.get("/s/nonsense/").status_code == 404


def test_an_ended_link_says_so(client, summer):
    link = actions.share_album(album=summer, expires_at=timezone.now() - timedelta(minutes=1))

    answer = client.get(address(link))

    assert (answer.status_code, b"This link has ended" in answer.content) == (410, True)


def test_a_password_keeps_strangers_out_until_it_is_given(client, summer):
    link = actions.share_album(album=summer, password="sesame")
    door = f"{address(link)}password/"

    assert client.get(address(link)).headers["Location"] == door
    assert "Summer" not in client.get(door).content.decode()
    assert client.post(door, {"password": "simsim"}).status_code == 403
    assert client.post(door, {"password": "sesame"}).headers["Location"] == address(link)
    assert "Summer" in client.get(address(link)).content.decode()


def test_an_item_behind_a_password_is_closed_too(client, summer):
    link = actions.share_album(album=summer, password="sesame")

    answer = client.get(f"{address(link)}items/{summer.items.get().pk}/")

    assert answer.headers["Location"] == f"{address(link)}password/"


def test_guessing_a_password_is_stopped(client, summer):
    link = actions.share_album(album=summer, password="sesame")
    door = f"{address(link)}password/"

    answers = [client.post(door, {"password": str(guess)}).status_code for guess in range(11)]

    assert answers == [403] * 10 + [429]


@pytest.mark.parametrize("allowed", [True, False])
def test_originals_only_where_they_are_allowed(client, summer, allowed):
    link = actions.share_album(album=summer, allow_download=allowed, include_place=True)
    item = summer.items.get()

    pages = [client.get(address(link)), client.get(f"{address(link)}items/{item.pk}/")]

    found = [item.blob.key in page.content.decode() for page in pages]
    assert found == [allowed, allowed]


def test_a_visit_is_counted_once_and_the_owners_not_at_all(client, her, summer):
    link = actions.share_album(album=summer)

    for visitor in (client, client, her):
        visitor.get(address(link))

    assert ShareLink.objects.get(pk=link.pk).view_count == 1


def test_the_album_in_the_trash_closes_its_links(client, summer):
    link = actions.share_album(album=summer)
    actions.trash_album(album=summer)

    assert client.get(address(link)).status_code == 404
