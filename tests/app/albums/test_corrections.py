"""What owners say of their items, against what files say."""

from datetime import UTC, datetime, timedelta

import pytest

from albums import actions, facts
from albums.models import Correction
from processing.models import MediaInfo
from tests.people import SUMMER, person, photo, uploaded

LISBON = {"latitude": 38.71, "longitude": -9.14}
NEW_YEAR = datetime(2020, 1, 1, 0, 0, 30)  # noqa: DTZ001


@pytest.fixture
def alice(db):
    return person("alice")


@pytest.fixture
def beach(alice):
    return photo(alice)


def processed_again(item, **found):
    """As after a new recipe: the file says the same as before, or something else."""
    MediaInfo.objects.filter(blob=item.blob).update(**found)
    actions.note_processed(blob=item.blob)
    item.refresh_from_db()


def test_a_date_is_set_with_its_zone(alice, beach):
    actions.set_date(owner=alice, ids=[beach.pk], clock=NEW_YEAR, offset_minutes=60)

    beach.refresh_from_db()
    assert beach.taken_at == datetime(2019, 12, 31, 23, 0, 30, tzinfo=UTC)
    assert beach.clock.replace(tzinfo=None) == NEW_YEAR
    assert beach.corrected == ["date"]


def test_a_date_without_a_zone_gets_that_of_the_place(alice, beach):
    actions.correct_place(owner=alice, ids=[beach.pk], latitude=27.7, longitude=85.3)

    actions.set_date(owner=alice, ids=[beach.pk], clock=NEW_YEAR)

    beach.refresh_from_db()
    assert beach.taken_offset_minutes == 345


def test_many_dates_are_moved_together(alice):
    items = [photo(alice, f"{day}.jpg", day=day) for day in range(3)]

    actions.shift_dates(owner=alice, ids=[item.pk for item in items], by=timedelta(hours=-2))

    dates = alice.items.order_by("taken_at").values_list("taken_at", flat=True)
    assert list(dates) == [SUMMER + timedelta(days=day, hours=-2) for day in range(3)]


@pytest.mark.parametrize("by", [timedelta(days=-99_999), timedelta(days=2_600_000)])
def test_a_date_cannot_be_moved_off_the_calendar(alice, beach, by):
    with pytest.raises(actions.DateIsImpossible):
        actions.shift_dates(owner=alice, ids=[beach.pk], by=by)

    assert Correction.objects.count() == 0


def test_a_place_is_named_when_it_is_set(alice, beach):
    actions.correct_place(owner=alice, ids=[beach.pk], **LISBON)

    beach.refresh_from_db()
    assert (beach.place, beach.country_code) == ("Lisbon, Portugal", "PT")


def test_a_clock_without_a_zone_gets_that_of_the_place_that_was_set(alice, beach):
    MediaInfo.objects.update(date_source="exif")

    actions.correct_place(owner=alice, ids=[beach.pk], **LISBON)

    beach.refresh_from_db()
    assert beach.taken_at == SUMMER - timedelta(hours=1)
    assert beach.taken_offset_minutes == 60
    assert beach.corrected == ["place"]


def test_corrections_outlive_processing(alice, beach):
    actions.set_date(owner=alice, ids=[beach.pk], clock=NEW_YEAR, offset_minutes=60)
    actions.correct_place(owner=alice, ids=[beach.pk], latitude=None, longitude=None)
    actions.correct_words(owner=alice, ids=[beach.pk], description="Us", keywords=["sea"])

    processed_again(
        beach, taken_at=SUMMER, description="DSC", keywords=["auto"], camera="Canon", **LISBON
    )

    assert beach.clock.replace(tzinfo=None) == NEW_YEAR
    assert (beach.latitude, beach.place) == (None, "")
    assert (beach.description, beach.keywords) == ("Us", ["sea"])


def test_what_nobody_corrected_follows_the_file(alice, beach):
    actions.correct_words(owner=alice, ids=[beach.pk], description="Us")

    processed_again(beach, keywords=["auto"], place="Lisbon, Portugal", **LISBON)

    assert (beach.keywords, beach.place) == (["auto"], "Lisbon, Portugal")


def test_a_correction_is_taken_back_to_what_the_file_says_by_then(alice, beach):
    actions.set_date(owner=alice, ids=[beach.pk], clock=NEW_YEAR)
    actions.correct_place(owner=alice, ids=[beach.pk], **LISBON)
    processed_again(beach, taken_at=SUMMER + timedelta(days=1))

    actions.take_back(owner=alice, ids=[beach.pk], facts=["date", "place"])

    beach.refresh_from_db()
    assert beach.taken_at == SUMMER + timedelta(days=1)
    assert (beach.latitude, beach.place, beach.corrected) == (None, "", [])


def test_undoing_brings_back_earlier_corrections_and_only_once(alice):
    first, second = photo(alice, "one.jpg"), photo(alice, "two.jpg")
    actions.set_date(owner=alice, ids=[first.pk], clock=NEW_YEAR, offset_minutes=60)
    done = actions.shift_dates(owner=alice, ids=[first.pk, second.pk], by=timedelta(hours=1))

    assert actions.undo_correction(correction=done) == 2
    assert actions.undo_correction(correction=done) == 0

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.clock.replace(tzinfo=None), first.corrected) == (NEW_YEAR, ["date"])
    assert (second.taken_at, second.corrected) == (SUMMER, [])


def test_undoing_what_was_said_of_a_file_that_nobody_looked_at(alice):
    item = uploaded(alice, "new.jpg")

    done = actions.set_date(owner=alice, ids=[item.pk], clock=NEW_YEAR)
    actions.undo_correction(correction=done)

    item.refresh_from_db()
    assert (item.taken_at, item.corrected) == (SUMMER, [])


def test_a_correction_while_a_file_is_processed_stays(alice):
    item = uploaded(alice, "new.jpg")
    actions.correct_words(owner=alice, ids=[item.pk], description="Us")
    MediaInfo.objects.create(
        blob=item.blob, kind="photo", format="jpeg", width=3, height=2, description="DSC"
    )

    processed_again(item)

    assert (item.description, item.width) == ("Us", 3)


def test_the_last_few_corrections_are_remembered(alice, beach):
    for number in range(25):
        actions.correct_words(owner=alice, ids=[beach.pk], description=str(number))

    assert alice.corrections.count() == 20


def test_nobody_corrects_anothers_items(alice, beach):
    bob = person("bob")

    actions.correct_words(owner=bob, ids=[beach.pk], description="Mine")

    beach.refresh_from_db()
    assert beach.description == ""


def test_the_library_is_in_the_order_of_corrected_dates(alice):
    first, second = photo(alice, "one.jpg", day=0), photo(alice, "two.jpg", day=1)

    actions.set_date(owner=alice, ids=[second.pk], clock=NEW_YEAR)

    assert list(alice.items.newest_first()) == [first, second]


def words_of(item, **options):
    return {fact.label: fact for fact in facts.of(item, **options)}


def test_the_panel_says_when_with_zone_and_by_what(beach):
    processed_again(beach, taken_offset_minutes=120, date_source="exif")

    taken = words_of(beach)["Taken"]

    assert taken.words == "Monday, 1 July 2024, 14:00 UTC+02:00"
    assert taken.note == "by the camera's clock"


@pytest.mark.parametrize(
    ("source", "words", "note"),
    [
        ("name-day", "Monday, 1 July 2024", "by the file's name"),
        ("container-utc", "Monday, 1 July 2024, 12:00 UTC", "as the file says"),
        ("exif", "Monday, 1 July 2024, 12:00", "by the camera's clock"),
    ],
)
def test_the_panel_claims_no_more_than_is_known(beach, source, words, note):
    processed_again(beach, date_source=source)

    taken = words_of(beach)["Taken"]

    assert (taken.words, taken.note) == (words, note)


def test_the_panel_says_what_the_owner_set(alice, beach):
    actions.set_date(owner=alice, ids=[beach.pk], clock=NEW_YEAR, offset_minutes=0)
    actions.correct_place(owner=alice, ids=[beach.pk], **LISBON)
    beach.refresh_from_db()

    said = words_of(beach)

    assert said["Taken"].words == "Wednesday, 1 January 2020, 00:00 UTC+00:00"
    assert said["Taken"].note == "as you set it"
    assert said["Place"][1:] == (
        "Lisbon, Portugal",
        "geo:38.710000,-9.140000",
        "38.71000, -9.14000, as you set it",
    )


def test_a_visitor_learns_neither_place_nor_zone_nor_keywords_nor_stars(beach):
    processed_again(
        beach,
        taken_offset_minutes=120,
        rating=5,
        keywords=["home"],
        description="At dusk",
        place="Lisbon, Portugal",
        country_code="PT",
        **LISBON,
    )

    said = words_of(beach, for_visitor=True)

    assert set(said) == {"Taken", "Description", "Dimensions", "File", "Camera"}
    assert said["Taken"] == ("Taken", "Monday, 1 July 2024, 14:00", "", "")
