"""The pages about photos that look alike, and about stacks; buttons work without script."""

import hashlib
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from albums import actions
from albums.models import Item, MergedItem, SimilarGroup
from albums.similar import queries
from processing.models import MediaInfo
from tests.app.albums.similar.likenesses import alike, group_with
from tests.people import photo, uploaded
from tests.uploading import client_of

SIMILAR = "/similar/"


def page_of(browser, address: str = SIMILAR) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def undo_of(page: str) -> str:
    found = re.search(r'action="(/trash/undo/[^"]+)"', page)
    assert found
    return found[1]


def pairs(owner, count: int) -> None:
    """So many more groups of two."""
    for number in range(SimilarGroup.objects.count(), SimilarGroup.objects.count() + count):
        # Random numbers of 64 bits are about 32 bits from each other.
        phash = int.from_bytes(
            hashlib.blake2b(bytes([number]), digest_size=8).digest(), signed=True
        )
        alike(owner, f"{number}a.jpg", f"{number}b.jpg", phash=phash)


def test_without_any_it_says_when_there_will_be_some(her):
    assert "No two alike" in page_of(her)
    assert SIMILAR not in page_of(her, "/").partition("<main")[2]


def test_a_group_shows_what_differs_and_which_is_best(her, alice):
    a, b = alike(alice, "a.jpg", "b.jpg")
    Item.objects.filter(pk=b.pk).update(width=6000, height=4000)
    MediaInfo.objects.filter(blob=a.blob).update(camera="Leica M6")

    page = page_of(her)

    assert "2 photos that look the same" in page
    assert "Differ in pixels, taken, camera and name." in page
    assert "Leica M6" in page
    assert re.search(rf'value="{b.pk}" checked', page)
    assert not re.search(rf'value="{a.pk}" checked', page)


def test_the_library_says_how_many_there_are(her, alice):
    pairs(alice, 3)

    assert re.search(r"Similar <span[^>]*>3<", page_of(her, "/"))


def test_groups_come_in_pages(her, alice):
    pairs(alice, queries.PAGE + 2)

    first = page_of(her)
    (cursor,) = re.findall(r'href="\?cursor=([^"]+)"', first)
    second = page_of(her, f"{SIMILAR}?cursor={cursor}")

    seen = [re.findall(r'id="alike-([^"]+)"', page) for page in (first, second)]
    assert [len(ids) for ids in seen] == [queries.PAGE, 2]
    assert not set(seen[0]) & set(seen[1])
    assert her.get(f"{SIMILAR}?cursor=nonsense").status_code == 302


def test_ten_groups_cost_what_two_do(her, alice):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            page_of(her)
        return len(captured)

    pairs(alice, 2)
    page_of(her)
    few = cost()
    pairs(alice, 10)

    assert cost() == few <= 12


def test_keeping_the_best_and_thinking_better_of_it(her, alice):
    a, b, c = alike(alice, "a.jpg", "b.jpg", "c.jpg")
    album = actions.create_album(owner=alice, title="Summer", items=[c])
    address = reverse("albums:similar_best", args=[group_with(a).pk])

    answer = her.post(address, {"item": str(b.pk)}, follow=True)

    page = answer.content.decode()
    assert "Kept one, moved 2 items to the trash." in page
    assert list(Item.objects.kept()) == [b]
    assert set(album.items.all()) == {b, c}

    her.post(undo_of(page))

    assert Item.objects.kept().count() == 3
    assert list(album.items.all()) == [c]
    assert "3 photos" in page_of(her)


def test_pressing_twice_or_nothing_changes_nothing_more(her, alice):
    a, b = alike(alice, "a.jpg", "b.jpg")
    address = reverse("albums:similar_best", args=[group_with(a).pk])

    for chosen in ({}, {"item": "nonsense"}, {"item": str(b.pk)}, {"item": str(b.pk)}):
        assert her.post(address, chosen).status_code == 302

    assert list(Item.objects.kept()) == [b]
    assert list(Item.objects.in_trash()) == [a]


def test_stacking_a_group_and_opening_the_stack(her, alice):
    a, b = alike(alice, "a.jpg", "b.jpg")

    her.post(reverse("albums:similar_stack", args=[group_with(a).pk]), {"item": str(b.pk)})

    library = page_of(her, "/")
    assert "b.jpg" in library
    assert "a.jpg" not in library
    assert re.search(r"Stack of </span>2<", library)
    assert "Stack of 2" in page_of(her, f"/items/{b.pk}/")
    stack = page_of(her, f"/items/{b.pk}/stack/")
    assert stack.index("b.jpg") < stack.index("a.jpg")


def test_another_is_shown_for_a_stack_and_then_it_is_taken_apart(her, alice):
    a, b, c = (photo(alice, f"{name}.jpg") for name in "abc")
    actions.stack_items(owner=alice, front=a.pk, ids=[b.pk, c.pk])

    her.post(f"/items/{b.pk}/stack/front/")
    assert list(Item.objects.shown()) == [b]

    her.post(f"/items/{c.pk}/stack/departure/")
    assert set(Item.objects.shown()) == {b, c}

    her.post(f"/items/{b.pk}/stack/departure/")
    assert Item.objects.shown().count() == 3
    assert her.get(f"/items/{b.pk}/stack/").status_code == 302


def test_what_was_told_apart_leaves_the_page(her, alice):
    a, _ = alike(alice, "a.jpg", "b.jpg")

    her.post(reverse("albums:similar_distinction", args=[group_with(a).pk]))

    assert "No two alike" in page_of(her)
    assert Item.objects.shown().count() == 2


def test_nobody_decides_for_another(his, alice):
    a, b = alike(alice, "a.jpg", "b.jpg")
    group = group_with(a)

    for name in ("similar_best", "similar_stack", "similar_distinction"):
        answer = his.post(reverse(f"albums:{name}", args=[group.pk]), {"item": str(b.pk)})
        assert answer.status_code == 404

    assert Item.objects.shown().count() == 2
    assert SimilarGroup.objects.filter(pk=group.pk).exists()


def test_a_page_that_waits_for_a_file_learns_that_it_is_there_already(her, alice):
    held, newcomer = photo(alice, "beach.jpg"), uploaded(alice, "again.jpg")
    actions.merge_items(blob=newcomer.blob, held=held.blob)

    states = her.get("/items/states", {"item": f"{newcomer.pk}:0"}).content.decode()

    assert f'id="tile-{newcomer.pk}" hx-swap-oob="delete"' in states
    assert "“beach.jpg” is already in your library." in states


def test_the_address_of_a_file_that_was_there_already_leads_to_it(her, his, alice):
    held, newcomer = photo(alice, "beach.jpg"), uploaded(alice, "again.jpg")
    actions.merge_items(blob=newcomer.blob, held=held.blob)

    answer = her.get(f"/items/{newcomer.pk}/", follow=True)

    assert answer.redirect_chain == [(f"/items/{held.pk}/", 302)]
    assert "already in your library" in answer.content.decode()
    assert his.get(f"/items/{newcomer.pk}/").status_code == 404
    assert MergedItem.objects.count() == 1


class TestApi:
    @pytest.fixture
    def api(self, alice):
        return client_of(alice)

    def test_lists_groups_with_the_best_first(self, api, alice, bob):
        a, b = alike(alice, "a.jpg", "b.jpg")
        Item.objects.filter(pk=b.pk).update(width=9000)

        (group,) = api.get("/api/v1/similar").json()["results"]

        assert [item["id"] for item in group["items"]] == [str(b.pk), str(a.pk)]
        assert group["likeness"] == "look the same"
        assert client_of(bob).get("/api/v1/similar").json()["results"] == []

    def test_keeps_the_best_once(self, api, alice):
        a, b = alike(alice, "a.jpg", "b.jpg")
        address = f"/api/v1/similar/{group_with(a).pk}/best"

        answers = [api.post(address, {"item": str(b.pk)}, format="json") for _ in range(2)]
        other = api.post(address, {"item": str(a.pk)}, format="json")

        assert [answer.json()["trashed"] for answer in answers] == [[str(a.pk)], []]
        assert (other.status_code, other.json()["type"].rsplit("/")[-1]) == (409, "not-in-group")

    def test_tells_apart(self, api, alice):
        a, _ = alike(alice, "a.jpg", "b.jpg")
        address = f"/api/v1/similar/{group_with(a).pk}/distinction"

        assert [api.post(address).status_code for _ in range(2)] == [204, 204]
        assert api.get("/api/v1/similar").json()["results"] == []

    def test_stacks_and_takes_apart(self, api, alice):
        a, b, c = (photo(alice, f"{name}.jpg", day=day) for day, name in enumerate("abc"))
        address = f"/api/v1/items/{a.pk}/stack"

        for _ in range(2):
            made = api.put(address, {"items": [str(b.pk), str(c.pk)]}, format="json")
            assert [item["name"] for item in made.json()] == ["a.jpg", "b.jpg", "c.jpg"]
        assert [item["name"] for item in api.get("/api/v1/items").json()["results"]] == ["a.jpg"]
        assert [api.delete(address).status_code for _ in range(2)] == [204, 204]
        assert api.get(address).json() == []

    def test_asking_for_ten_groups_costs_what_two_do(self, api, alice):
        def cost() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert api.get("/api/v1/similar").status_code == 200
            return len(captured)

        pairs(alice, 2)
        cost()
        few = cost()
        pairs(alice, 10)

        assert cost() == few <= 9
