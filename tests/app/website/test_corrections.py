"""The sheet where date, place and words are corrected, with and without script."""

import html
import re
from datetime import datetime

import pytest

from albums import actions, permissions
from processing.models import MediaInfo
from tests.people import SUMMER, photo

AT_ONE = {"do": "date", "day": "2020-01-01", "time": "13:00", "offset": "60"}
IN_PLACE = {
    "place": "Lisbon, Portugal",
    "country_code": "PT",
    "latitude": 38.71,
    "longitude": -9.14,
}


@pytest.fixture
def beach(alice):
    return photo(alice)


def text_of(page):
    return html.unescape(page.content.decode())


def send(browser, items, **form):
    return browser.post("/corrections/", {"item": [item.pk for item in items], **form}, follow=True)


def test_the_sheet_opens_for_what_is_selected(her, alice, beach):
    page = text_of(her.post("/selection/", {"do": "correct", "item": beach.pk}))

    assert 'value="2024-07-01"' in page
    assert "Save words" in page


def test_words_are_for_one_item_only(her, alice, beach):
    items = [beach, photo(alice, "two.jpg")]

    page = text_of(her.post("/selection/", {"do": "correct", "item": [one.pk for one in items]}))

    assert "Give all 2 items this date" in page
    assert "Save words" not in page


def test_a_date_is_set_for_many_and_undone(her, alice, beach):
    items = [beach, photo(alice, "two.jpg", day=1)]

    page = send(her, items, **AT_ONE)

    assert "Set the date of 2 items." in text_of(page)
    assert {item.clock.hour for item in alice.items.all()} == {13}

    undo = re.search(r'action="(/corrections/[^"]+/undo/)"', text_of(page))
    assert undo
    her.post(undo[1])

    beach.refresh_from_db()
    assert (beach.taken_at, beach.corrected) == (SUMMER, [])
    assert "too long ago" in text_of(her.post(undo[1], follow=True))


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({**AT_ONE, "day": "soon"}, "Enter a valid date"),
        ({**AT_ONE, "day": "1500-01-01"}, "No photo is from that day"),
        ({**AT_ONE, "offset": "61"}, "not one of the available choices"),
        ({"do": "shift", "direction": "later"}, "Say by how much"),
        ({"do": "shift", "direction": "earlier", "days": "99999"}, "off the calendar"),
        ({"do": "place"}, "This field is required"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(her, beach, form, complaint):
    page = send(her, [beach], **form)

    assert page.status_code == 422
    assert complaint in text_of(page)
    beach.refresh_from_db()
    assert beach.corrected == []


def test_a_wrong_clock_is_moved(her, beach):
    send(her, [beach], do="shift", direction="earlier", hours="1", minutes="30")

    beach.refresh_from_db()
    assert beach.taken_at == datetime.fromisoformat("2024-07-01T10:30:00Z")


def test_a_place_is_found_by_name_and_chosen(her, beach):
    page = text_of(send(her, [beach], do="find", where="lisb"))
    spot = re.search(r'name="spot" value="([^"]+)"[^>]*><span class="grow">Lisbon, Portugal', page)
    assert spot

    send(her, [beach], spot=spot[1], where="lisb")

    beach.refresh_from_db()
    assert (beach.place, beach.corrected) == ("Lisbon, Portugal", ["place"])


def test_for_script_only_the_places_come(her, beach):
    page = her.post(
        "/corrections/",
        {"item": beach.pk, "do": "find", "where": "38.7, -9.1"},
        headers={"HX-Request": "true"},
    )

    assert "Near Lisbon, Portugal" in text_of(page)
    assert "<form" not in text_of(page)


@pytest.mark.parametrize("where", ["Atlantis-on-Sea", "99, 99"])
def test_a_place_that_is_not_known_says_what_to_do(her, beach, where):
    assert "No place of that name" in text_of(send(her, [beach], do="find", where=where))


def test_a_place_can_be_none_and_be_taken_back(her, alice, beach):
    MediaInfo.objects.update(**IN_PLACE)
    actions.note_processed(blob=beach.blob)

    send(her, [beach], do="no-place")
    beach.refresh_from_db()
    assert beach.latitude is None

    send(her, [beach], do="take-back", fact="place")
    beach.refresh_from_db()
    assert beach.place == "Lisbon, Portugal"


def test_words_are_saved(her, beach):
    page = send(
        her,
        [beach],
        do="words",
        description="Line one\nLine two",
        keywords="sea, Sea, dusk",
        next=f"/items/{beach.pk}/",
    )

    beach.refresh_from_db()
    assert beach.description == "Line one\nLine two"
    assert beach.keywords == ["sea", "dusk"]
    assert page.redirect_chain == [(f"/items/{beach.pk}/", 302)]
    assert "sea, dusk" in text_of(page)


def test_one_is_not_sent_to_another_site(her, beach):
    page = send(her, [beach], **AT_ONE, next="https://elsewhere.example/")

    assert page.redirect_chain == [("/", 302)]


def test_selecting_nothing_is_answered_kindly(her):
    assert "Select something first" in text_of(her.post("/corrections/", {}, follow=True))


def test_bob_corrects_nothing_of_alices(his, alice, beach):
    send(his, [beach], **AT_ONE)
    done = actions.correct_words(owner=alice, ids=[beach.pk], description="Hers")
    his.post(f"/corrections/{done.pk}/undo/")

    beach.refresh_from_db()
    assert (beach.description, beach.taken_at) == ("Hers", SUMMER)


def test_a_share_shows_its_visitors_no_place(client, alice, beach):
    MediaInfo.objects.update(**IN_PLACE, keywords=["our house"], taken_offset_minutes=60)
    actions.note_processed(blob=beach.blob)
    album = actions.create_album(owner=alice, title="Summer", items=[beach])
    share = f"/s/{permissions.share_token(actions.share_album(album=album))}/"

    for address in (share, f"{share}items/{beach.pk}/", f"{share}items/{beach.pk}/?part=facts"):
        page = text_of(client.get(address))
        for secret in ("Lisbon", "Portugal", "38.71", "9.14", "geo:", "our house", "UTC+"):
            assert secret not in page, (address, secret)
