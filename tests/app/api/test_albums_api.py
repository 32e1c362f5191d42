"""Items, albums, shares and the trash, as programs use them."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from albums import actions, permissions
from albums.models import Album, Item, ShareLink
from mediashare.accounts.models import ApiToken, User
from tests.people import SUMMER, photo, uploaded, video


class Program:
    """A client program with a token."""

    def __init__(self, owner: User, *scopes: str) -> None:
        self.secret = ApiToken.new_secret()
        self.client = Client(headers={"Authorization": f"Bearer {self.secret}"})
        ApiToken.objects.create(
            owner=owner,
            name="Phone",
            scopes=list(scopes),
            digest=ApiToken.digest_of(self.secret),
        )

    def __call__(self, method: str, path: str, sent: object = None, **headers: str):
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            "" if sent is None else json.dumps(sent),
            content_type="application/json",
            headers=headers,
        )


@pytest.fixture
def api(alice) -> Program:
    return Program(alice, "read", "write")


@pytest.fixture
def album(alice) -> Album:
    items = [photo(alice, f"{letter}.jpg") for letter in "abc"]
    return actions.create_album(owner=alice, title="Letters", items=items)


def names(answer) -> list[str]:
    rows = answer.json()["results"]
    return [row.get("name") or row["item"]["name"] for row in rows]


class TestItems:
    def test_are_listed_last_taken_first(self, api, alice):
        for day in (1, 3, 2):
            photo(alice, f"{day}.jpg", day=day)

        assert names(api("GET", "items")) == ["3.jpg", "2.jpg", "1.jpg"]

    def test_are_read_in_pieces(self, api, alice):
        for number in range(5):
            uploaded(alice, f"{number}.jpg")

        first = api("GET", "items?limit=3").json()
        second = api.client.get(first["next"]).json()

        assert len({row["id"] for row in first["results"] + second["results"]}) == 5
        assert second["next"] is None

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("kind=video", {"waves.mp4"}),
            ("kind=photo&state=ready", {"a.jpg", "later.jpg"}),
            ("state=processing", {"new.jpg"}),
            ("taken_after=2024-07-03T00:00:00Z", {"later.jpg"}),
            ("taken_before=2024-07-01T12:00:00Z", set()),
            ("taken_before=2024-07-01T12:00:01Z", {"a.jpg", "waves.mp4", "new.jpg"}),
        ],
    )
    def test_can_be_filtered(self, api, alice, query, found):
        photo(alice, "a.jpg")
        photo(alice, "later.jpg", day=5)
        video(alice)
        uploaded(alice, "new.jpg")

        assert set(names(api("GET", f"items?{query}"))) == found

    def test_can_be_those_of_an_album(self, api, alice, album):
        photo(alice, "elsewhere.jpg")

        assert set(names(api("GET", f"items?album={album.pk}"))) == {"a.jpg", "b.jpg", "c.jpg"}

    @pytest.mark.parametrize("query", ["kind=song", "taken_after=yesterday", "album=1"])
    def test_with_a_filter_that_makes_no_sense_are_a_problem(self, api, query):
        answer = api("GET", f"items?{query}")

        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=waves", {"waves.mp4"}),
            ("q=nikon&kind=photo", {"beach.jpg"}),
            ("q=NIKON%20bea", {"beach.jpg"}),
            ("q=canon", set()),
            ("q=%20%26", set()),
        ],
    )
    def test_can_be_looked_for(self, api, alice, bob, query, found):
        photo(alice)
        video(alice)
        photo(bob, "beach-of-bob.jpg")

        assert set(names(api("GET", f"items?{query}"))) == found

    def test_that_gave_way_to_others_say_to_which(self, api, alice):
        twin = photo(alice, "first.jpg")
        gone = uploaded(alice, "again.jpg")
        actions.merge_items(blob=gone.blob, held=twin.blob)

        for method, path, sent in (
            ("GET", f"items/{gone.pk}", None),
            ("PATCH", f"items/{gone.pk}", {"name": "other.jpg"}),
            ("DELETE", f"items/{gone.pk}", None),
            ("GET", f"items/{gone.pk}/stack", None),
            ("GET", f"items/{gone.pk}/stream/master.m3u8", None),
        ):
            answer = api(method, path, sent)
            problem = answer.json()
            assert (answer.status_code, problem["type"]) == (410, "/problems/item-merged")
            assert problem["item"] == str(twin.pk)
            assert problem["item_url"].endswith(f"/api/v1/items/{twin.pk}")
        assert alice.items.kept().get() == twin

    def test_that_gave_way_are_nothing_to_others(self, alice, bob):
        twin, gone = photo(alice, "first.jpg"), uploaded(alice, "again.jpg")
        actions.merge_items(blob=gone.blob, held=twin.blob)

        assert Program(bob, "read")("GET", f"items/{gone.pk}").status_code == 404

    def test_say_everything_about_themselves(self, api, alice):
        item = video(alice)

        shown = api("GET", f"items/{item.pk}").json()

        assert (shown["kind"], shown["state"], shown["duration_seconds"]) == (
            "video",
            "ready",
            65.4,
        )
        assert (shown["width"], shown["height"], shown["size"]) == (3000, 2000, 1_000_000)
        assert shown["taken_at"] == SUMMER.isoformat().replace("+00:00", "Z")
        assert {made["recipe"] for made in shown["renditions"]} >= {"image-320", "image-2560"}
        assert shown["metadata"]["camera"] == "Nikon F3"
        assert item.blob.key in shown["download_url"]
        assert "image-320" in shown["thumbnail_url"]

    def test_that_nobody_has_looked_at_have_no_metadata_yet(self, api, alice):
        item = uploaded(alice, "new.jpg")

        shown = api("GET", f"items/{item.pk}").json()

        assert (shown["metadata"], shown["renditions"], shown["thumbnail_url"]) == (None, [], None)

    def test_can_be_renamed_and_nothing_else(self, api, alice):
        item = photo(alice)

        answer = api("PATCH", f"items/{item.pk}", {"name": "Sea", "state": "failed"})

        assert (answer.status_code, answer.json()["name"]) == (200, "Sea.jpg")
        assert Item.objects.get().state == "ready"

    def test_can_be_corrected(self, api, alice):
        item = photo(alice)

        answer = api(
            "PATCH",
            f"items/{item.pk}",
            {
                "taken_at": "2020-01-01T13:00:00+05:45",
                "location": {"latitude": 38.71, "longitude": -9.14},
                "description": "At dusk",
                "keywords": ["sea", "sea"],
            },
        ).json()

        assert (answer["taken_at"], answer["taken_offset_minutes"]) == ("2020-01-01T07:15:00Z", 345)
        assert answer["location"] == {
            "latitude": 38.71,
            "longitude": -9.14,
            "place": "Lisbon, Portugal",
            "country_code": "PT",
        }
        assert (answer["description"], answer["keywords"]) == ("At dusk", ["sea"])
        assert answer["metadata"]["taken_at"] == "2024-07-01T12:00:00Z"
        assert set(answer["corrected"]) == {"date", "place", "description", "keywords"}

    def test_take_a_correction_back(self, api, alice):
        item = photo(alice)
        address = f"items/{item.pk}"
        api("PATCH", address, {"taken_at": "2020-01-01T13:00:00Z", "description": "At dusk"})

        answer = api("PATCH", address, {"taken_at": None}).json()

        assert answer["taken_at"] == "2024-07-01T12:00:00Z"
        assert answer["corrected"] == ["description"]

    def test_can_be_nowhere(self, api, alice):
        nowhere = {"location": {"latitude": None, "longitude": None}}

        answer = api("PATCH", f"items/{photo(alice).pk}", nowhere).json()

        assert answer["location"]["latitude"] is None
        assert answer["corrected"] == ["place"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"taken_at": "yesterday"},
            {"taken_at": "2020-01-01T13:00:00"},
            {"taken_at": "2020-13-01T13:00:00Z"},
            {"taken_at": "1826-01-01T00:00:00+02:00"},
            {"location": {"latitude": 91, "longitude": 0}},
            {"location": {"latitude": 1, "longitude": None}},
            {"location": {"latitude": 1}},
            {"keywords": "sea"},
            {"keywords": ["x" * 81]},
            {"description": "x" * 2001},
        ],
    )
    def test_are_not_corrected_to_what_cannot_be(self, api, alice, wrong):
        item = photo(alice)

        answer = api("PATCH", f"items/{item.pk}", {**wrong, "name": "Other.jpg"})

        assert answer.status_code == 400
        item.refresh_from_db()
        assert (item.corrected, item.name) == ([], "beach.jpg")

    @pytest.mark.parametrize("name", ["", "   ", None, "x" * 256, {}])
    def test_cannot_be_given_a_name_that_is_none(self, api, alice, name):
        item = photo(alice)

        answer = api("PATCH", f"items/{item.pk}", {"name": name})

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == "#/name"

    def test_of_a_list_cost_the_same_for_5_and_50(self, api, alice):
        def cost() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert api("GET", "items?limit=60").status_code == 200
            return len(captured)

        for number in range(5):
            photo(alice, f"{number}.jpg")
        cost()
        few = cost()
        for number in range(5, 50):
            photo(alice, f"{number}.jpg")

        assert cost() == few


class TestTrash:
    def test_takes_an_item_and_gives_it_back(self, api, alice):
        item = photo(alice)

        assert api("DELETE", f"items/{item.pk}").status_code == 204
        assert api("GET", f"items/{item.pk}").status_code == 404
        assert names(api("GET", "items")) == []
        assert names(api("GET", "trash/items")) == ["beach.jpg"]

        back = api("POST", f"trash/items/{item.pk}/restoration")
        again = api("POST", f"trash/items/{item.pk}/restoration")

        assert (back.status_code, again.status_code) == (200, 200)
        assert names(api("GET", "items")) == ["beach.jpg"]

    def test_deletes_for_ever_only_what_is_in_it(self, api, alice):
        item = photo(alice)

        assert api("DELETE", f"trash/items/{item.pk}").status_code == 404
        api("DELETE", f"items/{item.pk}")
        assert api("DELETE", f"trash/items/{item.pk}").status_code == 204

        assert not Item.objects.exists()

    def test_takes_an_album_and_gives_it_back(self, api, album):
        assert api("DELETE", f"albums/{album.pk}").status_code == 204
        assert api("GET", f"albums/{album.pk}").status_code == 404
        assert api("GET", "trash/albums").json()["results"][0]["title"] == "Letters"

        back = api("POST", f"trash/albums/{album.pk}/restoration")

        assert (back.status_code, back.json()["item_count"]) == (200, 3)
        assert api("GET", f"albums/{album.pk}").status_code == 200


class TestAlbums:
    def test_are_made_shown_changed(self, api, album):
        made = api("POST", "albums", {"title": "Summer", "description": "At the sea"})
        changed = api("PATCH", f"albums/{made.json()['id']}", {"title": "Autumn"})

        assert (made.status_code, changed.status_code) == (201, 200)
        shown = api("GET", f"albums/{made.json()['id']}").json()
        assert (shown["title"], shown["description"]) == ("Autumn", "At the sea")
        assert [row["title"] for row in api("GET", "albums").json()["results"]] == [
            "Autumn",
            "Letters",
        ]

    def test_made_twice_with_one_key_are_one(self, api):
        first = api("POST", "albums", {"title": "Summer"}, **{"Idempotency-Key": "one"})
        second = api("POST", "albums", {"title": "Summer"}, **{"Idempotency-Key": "one"})

        assert first.json() == second.json()
        assert Album.objects.count() == 1

    def test_have_a_cover_that_can_be_chosen(self, api, album):
        first, _, last = album.items.order_by("places__position")

        assert api("GET", f"albums/{album.pk}").json()["cover"] == str(first.pk)
        chosen = api("PATCH", f"albums/{album.pk}", {"cover": str(last.pk)})
        assert chosen.json()["cover"] == str(last.pk)
        unchosen = api("PATCH", f"albums/{album.pk}", {"cover": None})
        assert unchosen.json()["cover"] == str(first.pk)

    def test_refuse_a_cover_from_elsewhere_and_change_nothing(self, api, alice, album):
        other = photo(alice, "elsewhere.jpg")

        answer = api("PATCH", f"albums/{album.pk}", {"title": "New", "cover": str(other.pk)})

        assert answer.status_code == 400
        assert Album.objects.get().title == "Letters"

    def test_take_items_in_the_order_given(self, api, alice, album):
        ids = [str(photo(alice, name).pk) for name in ("z.jpg", "y.jpg")]

        answer = api("POST", f"albums/{album.pk}/items", {"items": ids})

        assert answer.json() == {"added": 2}
        assert names(api("GET", f"albums/{album.pk}/items")) == [
            "a.jpg",
            "b.jpg",
            "c.jpg",
            "z.jpg",
            "y.jpg",
        ]

    def test_take_nothing_when_one_item_is_not_there(self, api, alice, bob, album):
        ids = [str(photo(alice, "z.jpg").pk), str(photo(bob).pk), str(uuid4())]

        answer = api("POST", f"albums/{album.pk}/items", {"items": ids})

        assert answer.status_code == 400
        assert len(answer.json()["errors"]) == 2
        assert album.items.count() == 3

    def test_let_items_be_moved_and_taken_out(self, api, album):
        first, second, third = album.items.order_by("places__position")
        place = f"albums/{album.pk}/items"

        moved = api("PATCH", f"{place}/{third.pk}", {"before": str(first.pk)})
        last = api("PATCH", f"{place}/{first.pk}", {"before": None})
        removed = api("DELETE", f"{place}/{second.pk}")
        again = api("DELETE", f"{place}/{second.pk}")

        assert [answer.status_code for answer in (moved, last, removed, again)] == [204] * 4
        assert names(api("GET", place)) == ["c.jpg", "a.jpg"]

    def test_cannot_move_what_is_not_in_them(self, api, alice, album):
        other, own = photo(alice, "elsewhere.jpg"), album.items.all()[0]
        place = f"albums/{album.pk}/items"

        assert api("PATCH", f"{place}/{other.pk}", {"before": None}).status_code == 404
        assert api("PATCH", f"{place}/{own.pk}", {"before": str(other.pk)}).status_code == 404

    def test_are_read_in_pieces(self, api, album):
        first = api("GET", f"albums/{album.pk}/items?limit=2")
        second = api.client.get(first.json()["next"])

        assert names(first) + names(second) == ["a.jpg", "b.jpg", "c.jpg"]


class TestShares:
    def test_are_made_with_an_address_that_opens_the_album(self, api, album):
        made = api("POST", f"albums/{album.pk}/shares", {"label": "Grandma", "password": " sea "})

        shown = made.json()
        token = shown["url"].rstrip("/").rsplit("/", 1)[1]
        link = permissions.find_share(token, timezone.now())
        assert (made.status_code, shown["label"], shown["has_password"]) == (201, "Grandma", True)
        assert link.is_opened_by("sea")
        assert "password" not in shown

    @pytest.mark.parametrize("password", [" sea ", "s" * 100])
    def test_open_with_the_password_that_the_page_takes(self, api, album, client, password):
        shown = api("POST", f"albums/{album.pk}/shares", {"password": password}).json()
        path = shown["url"].removeprefix(settings.SITE_URL)
        cache.clear()

        answer = client.post(f"{path}password/", {"password": password})

        assert answer.headers["Location"] == path

    def test_have_no_password_that_the_page_could_not_take(self, api, album):
        answer = api("POST", f"albums/{album.pk}/shares", {"password": "s" * 101})

        assert answer.status_code == 400

    def test_are_listed_with_their_counts_and_can_be_revoked(self, api, album):
        link = actions.share_album(album=album)
        actions.note_view(link=link, now=timezone.now())

        (shown,) = api("GET", f"albums/{album.pk}/shares").json()["results"]
        assert (shown["view_count"], shown["revoked_at"]) == (1, None)
        assert api("DELETE", f"albums/{album.pk}/shares/{link.pk}").status_code == 204

        assert ShareLink.objects.get().revoked_at

    def test_cannot_end_in_the_past(self, api, album):
        past = (timezone.now() - timedelta(minutes=1)).isoformat()

        answer = api("POST", f"albums/{album.pk}/shares", {"expires_at": past})

        assert answer.status_code == 400

    def test_made_twice_with_one_key_are_one_and_no_address_is_kept(self, api, album):
        path, key = f"albums/{album.pk}/shares", {"Idempotency-Key": "one"}

        first, second = (api("POST", path, {"label": "x"}, **key) for _ in range(2))

        assert ShareLink.objects.count() == 1
        assert first.json()["url"]
        assert second.json()["url"] is None
        assert second.json()["id"] == first.json()["id"]


def test_another_persons_things_do_not_exist(bob, alice, album):
    api = Program(bob, "read", "write")
    item, link = album.items.all()[0], actions.share_album(album=album)
    item_path, album_path = f"items/{item.pk}", f"albums/{album.pk}"

    asked = [
        api("GET", item_path),
        api("PATCH", item_path, {"name": "x"}),
        api("DELETE", item_path),
        api("POST", f"trash/items/{item.pk}/restoration"),
        api("DELETE", f"trash/items/{item.pk}"),
        api("GET", album_path),
        api("PATCH", album_path, {"title": "x"}),
        api("DELETE", album_path),
        api("GET", f"{album_path}/items"),
        api("POST", f"{album_path}/items", {"items": [str(photo(bob).pk)]}),
        api("PATCH", f"{album_path}/items/{item.pk}", {"before": None}),
        api("DELETE", f"{album_path}/items/{item.pk}"),
        api("GET", f"{album_path}/shares"),
        api("POST", f"{album_path}/shares", {}),
        api("DELETE", f"{album_path}/shares/{link.pk}"),
        api("POST", f"trash/albums/{album.pk}/restoration"),
    ]

    assert {answer.status_code for answer in asked} == {404}
    assert names(api("GET", f"items?album={album.pk}")) == []


@pytest.mark.parametrize(("scope", "reads", "writes"), [("read", 200, 403), ("write", 403, 201)])
def test_a_token_may_do_what_its_scopes_say(alice, scope, reads, writes):
    api = Program(alice, scope)

    assert api("GET", "items").status_code == reads
    assert api("POST", "albums", {"title": "Summer"}).status_code == writes


def test_a_program_learns_who_it_works_for_and_how_much_room_is_left(alice, settings):
    settings.QUOTA_BYTES = 100
    User.objects.update(used_bytes=30, reserved_bytes=20)

    me = Program(alice, "read")("GET", "me").json()

    assert (me["email"], me["name"]) == ("alice@example.org", "Alice")
    room = [me[f"{name}_bytes"] for name in ("quota", "used", "reserved", "free")]
    assert room == [100, 30, 20, 50]


def test_the_description_of_the_api_is_whole_and_without_warnings(tmp_path):
    description = tmp_path / "schema.yml"

    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(description))

    text = description.read_text()
    assert all(path in text for path in ("/api/v1/items:", "/api/v1/uploads:", "/api/v1/me:"))


def test_the_description_of_the_api_is_there_for_everyone(client, db):
    assert client.get("/api/v1/schema").status_code == 200
