"""What people do with albums, by plain forms and links."""

import pytest
from django.urls import reverse

from albums import actions
from tests.people import photo


@pytest.fixture
def summer(alice):
    items = [photo(alice, name) for name in ("one.jpg", "two.jpg", "three.jpg")]
    return actions.create_album(owner=alice, title="Summer", items=items)


def names(album):
    order = album.items.filter(deleted_at=None).order_by("places__position")
    return [item.name.removesuffix(".jpg") for item in order]


def item(album, name):
    return album.items.get(name=f"{name}.jpg")


def test_making_an_album(her, alice):
    answer = her.post("/albums/", {"title": "Autumn", "description": "Leaves"}, follow=True)

    assert "Autumn" in answer.content.decode()
    assert alice.albums.get().description == "Leaves"


def test_an_album_needs_a_title(her, alice):
    answer = her.post("/albums/", {"title": ""})

    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()
    assert not alice.albums.exists()


def test_making_an_album_of_what_is_selected(her, alice):
    chosen = photo(alice)
    choice = her.post("/selection/", {"do": "choose-album", "item": chosen.pk})
    her.post("/albums/", {"title": "New", "item": chosen.pk})

    assert f'value="{chosen.pk}"' in choice.content.decode()
    assert alice.albums.get().items.get() == chosen


def test_adding_to_an_album(her, alice, summer):
    chosen = photo(alice, "four.jpg")

    page = her.get(reverse("albums:add", args=[summer.pk])).content.decode()
    her.post(reverse("albums:add", args=[summer.pk]), {"item": [chosen.pk, "nonsense"]})

    assert f'value="{chosen.pk}"' in page
    assert names(summer) == ["one", "two", "three", "four"]


def test_renaming_an_album(her, summer):
    her.post(reverse("albums:edit_album", args=[summer.pk]), {"title": "Winter"})

    summer.refresh_from_db()
    assert summer.title == "Winter"


@pytest.mark.parametrize(
    ("name", "step", "order"),
    [
        ("one", "later", ["two", "one", "three"]),
        ("two", "later", ["one", "three", "two"]),
        ("three", "later", ["one", "two", "three"]),
        ("three", "earlier", ["one", "three", "two"]),
        ("one", "earlier", ["one", "two", "three"]),
    ],
)
def test_one_step_in_the_order(her, summer, name, step, order):
    address = reverse("albums:move", args=[summer.pk])

    answer = her.post(address, {"item": item(summer, name).pk, "step": step})

    assert names(summer) == order
    assert answer.headers["Location"].endswith(f"#place-{item(summer, name).pk}")


def test_dropping_in_front_of_another(her, summer):
    places = {"item": item(summer, "three").pk, "before": item(summer, "one").pk}

    answer = her.post(
        reverse("albums:move", args=[summer.pk]), places, headers={"HX-Request": "true"}
    )

    assert (answer.status_code, names(summer)) == (204, ["three", "one", "two"])


def test_dropping_at_the_end(her, summer):
    places = {"item": item(summer, "one").pk, "before": ""}
    her.post(reverse("albums:move", args=[summer.pk]), places)

    assert names(summer) == ["two", "three", "one"]


def test_choosing_a_cover(her, summer):
    chosen = item(summer, "two")
    her.post("/selection/", {"do": "cover", "album": summer.pk, "item": chosen.pk})

    summer.refresh_from_db()
    assert summer.cover == chosen


def test_taking_out_of_an_album_keeps_it_in_the_library(her, alice, summer):
    chosen = item(summer, "two")
    her.post("/selection/", {"do": "remove", "album": summer.pk, "item": chosen.pk})

    assert names(summer) == ["one", "three"]
    assert alice.items.kept().filter(pk=chosen.pk).exists()


def test_deleting_an_album_and_undoing_it(her, alice, summer):
    page = her.post(reverse("albums:trash_album", args=[summer.pk]), follow=True).content.decode()
    undo = reverse("albums:restore_album", args=[summer.pk])

    assert f'action="{undo}"' in page
    assert not alice.albums.kept().exists()

    her.post(undo)

    assert alice.albums.kept().get() == summer


def test_an_album_that_does_not_exist_cannot_be_named_in_a_selection(her, alice):
    chosen = photo(alice)

    answer = her.post("/selection/", {"do": "remove", "album": "nonsense", "item": chosen.pk})

    assert answer.status_code == 404


def test_what_is_not_in_an_album_cannot_be_its_cover(her, alice, summer):
    other = photo(alice, "other.jpg")

    answer = her.post("/selection/", {"do": "cover", "album": summer.pk, "item": other.pk})

    assert answer.status_code == 404
