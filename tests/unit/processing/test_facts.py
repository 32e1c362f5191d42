"""What cameras and programs wrote, read with suspicion."""

import struct
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL.TiffImagePlugin import IFDRational

from processing.recipes.facts import (
    dates,
    exif,
    gathering,
    iptc,
    live,
    names,
    quicktime,
    values,
    xmp,
)
from processing.recipes.facts.dates import Rules, Said, Taken

LATER = Rules(latest=datetime(2026, 1, 1, tzinfo=UTC))
NOON = {exif.DATE_TIME_ORIGINAL: "2024:07:01 12:00:00"}
MUNICH = {
    exif.LATITUDE_REF: "N",
    exif.LATITUDE: (IFDRational(48), IFDRational(8), IFDRational(24)),
    exif.LONGITUDE_REF: "E",
    exif.LONGITUDE: (IFDRational(11), IFDRational(34), IFDRational(48)),
}


def clock(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def utc(*parts: int) -> datetime:
    return clock(*parts).replace(tzinfo=UTC)


def choose(said, rules=LATER) -> Taken:
    found = dates.choose(said, rules)
    assert found is not None
    return found


def in_name(name):
    said = names.said(name)
    return [said] if said else []


def taken(tags, gps=None, rules=LATER) -> Taken:
    return choose(exif.said(tags, gps or {}), rules)


def test_a_date_with_an_offset_becomes_utc_and_keeps_the_offset():
    when = taken({**NOON, exif.OFFSET_ORIGINAL: "+02:00"})

    assert when == Taken(utc(2024, 7, 1, 10), 120, "exif")


def test_a_date_without_an_offset_counts_as_utc_and_says_so():
    assert taken(NOON) == Taken(utc(2024, 7, 1, 12), None, "exif")


def test_the_satellites_time_gives_the_missing_offset():
    gps = {exif.GPS_DATE: "2024:07:01", exif.GPS_TIME: (6.0, 29.0, 58.0)}

    assert taken(NOON, gps) == Taken(utc(2024, 7, 1, 6, 30), 330, "exif")


def test_a_stale_fix_gives_no_offset():
    gps = {exif.GPS_DATE: "2024:07:01", exif.GPS_TIME: (6.0, 37.0, 0.0)}

    assert taken(NOON, gps) == Taken(utc(2024, 7, 1, 12), None, "exif")


def test_the_satellites_time_is_a_date_when_there_is_no_other():
    gps = {exif.GPS_DATE: "2024:07:01", exif.GPS_TIME: (6.0, 37.0, 0.5)}

    assert taken({}, gps) == Taken(utc(2024, 7, 1, 6, 37, 0, 500_000), None, "gps-utc")


def test_the_zone_of_the_place_gives_the_missing_offset():
    there = LATER._replace(offset_of_clock=lambda clock: 120)

    assert taken(NOON, rules=there) == Taken(utc(2024, 7, 1, 10), 120, "exif")


def test_what_the_file_says_of_its_offset_outweighs_its_place():
    there = LATER._replace(offset_of_clock=lambda clock: 120)

    assert taken({**NOON, exif.OFFSET_ORIGINAL: "Z"}, rules=there) == Taken(
        utc(2024, 7, 1, 12), 0, "exif"
    )


def test_parts_of_a_second_are_kept():
    when = taken({**NOON, exif.SUBSECOND_ORIGINAL: "25"})

    assert when.at.microsecond == 250_000


def test_the_date_of_a_change_is_the_last_resort_among_a_cameras_dates():
    changed = {exif.DATE_TIME: "2025:01:01 00:00:01"}

    assert taken({**NOON, **changed}).source == "exif"
    assert taken(changed) == Taken(utc(2025, 1, 1, 0, 0, 1), None, "changed")


@pytest.mark.parametrize(
    "written",
    [
        "0000:00:00 00:00:00",
        "2024:13:01 12:00:00",
        "    :  :     :  :  ",
        "1700:01:01 00:00:00",
        "1980:01:01 00:00:00",
        "2098:07:01 12:00:00",
        "",
    ],
)
def test_a_date_that_cannot_be_is_left_out(written):
    assert dates.choose(exif.said({exif.DATE_TIME_ORIGINAL: written}, {}), LATER) is None


def test_a_clock_that_is_ahead_gives_way_to_a_date_that_can_be():
    ahead = {exif.DATE_TIME_ORIGINAL: "2098:07:01 12:00:00"}
    named = [*exif.said(ahead, {}), *in_name("IMG_20240701_120000.jpg")]

    assert choose(named) == Taken(utc(2024, 7, 1, 12), None, "name")


def test_an_offset_that_cannot_be_is_left_out():
    when = taken({**NOON, exif.OFFSET_ORIGINAL: "+99:00"})

    assert when == Taken(utc(2024, 7, 1, 12), None, "exif")


def test_the_order_of_precedence_is_the_one_in_the_documentation():
    left = [Said(source, clock(2024, 1, 1, 1)) for source in reversed(dates.SOURCES)]
    left.insert(0, Said("exif", clock(2024, 1, 1), kind="day"))
    chosen = []
    while left:
        when = choose(left)
        chosen.append(when.source)
        kind = "day" if when.source.endswith("-day") else "clock"
        said = when.source.removesuffix("-day")
        left = [one for one in left if (one.source, one.kind) != (said, kind)]

    assert chosen == [
        *("exif", "digitized", "xmp", "iptc", "created", "quicktime", "container", "gps", "name"),
        *("changed", "exif-day", "modified", "upload"),
    ]


def test_a_day_alone_is_its_noon():
    said = [Said("name", clock(2024, 1, 31), kind="day")]

    assert choose(said) == Taken(utc(2024, 1, 31, 12), None, "name-day")


def test_a_videos_zone_is_what_its_name_and_its_utc_differ_by():
    said = [
        Said("container", clock(2024, 7, 1, 10, 0, 9), kind="utc"),
        *in_name("VID_20240701_120000.mp4"),
    ]

    assert choose(said) == Taken(utc(2024, 7, 1, 10, 0, 9), 120, "container-utc")


def test_a_date_whose_place_is_learned_later_gets_its_zone():
    there = LATER._replace(offset_of_clock=lambda clock: 60, offset_at=lambda moment: 60)
    noon = utc(2024, 1, 1, 12)

    assert dates.placed(Taken(noon, None, "exif"), there) == Taken(utc(2024, 1, 1, 11), 60, "exif")
    assert dates.placed(Taken(noon, None, "gps-utc"), there) == Taken(noon, 60, "gps-utc")
    assert dates.placed(Taken(noon, 0, "exif"), there) == Taken(noon, 0, "exif")


def test_dates_survive_the_way_from_the_child():
    said = [
        Said("exif", clock(2024, 7, 1, 12, 0, 0, 250_000), 120),
        Said("gps", clock(2024, 7, 1, 10), kind="utc"),
    ]

    assert dates.read([dates.written(one) for one in said]) == said


def test_degrees_minutes_and_seconds_become_decimal():
    assert exif.place(MUNICH) == (48.14, 11.58)


def test_south_and_west_are_negative():
    there = exif.place({**MUNICH, exif.LATITUDE_REF: "S", exif.LONGITUDE_REF: "W"})

    assert there == (-48.14, -11.58)


@pytest.mark.parametrize(
    "latitude",
    [(95.0, 0.0, 0.0), (IFDRational(1, 0), 0.0, 0.0), ("x", "y", "z"), (48.0,), None, 48.0],
)
def test_a_place_that_is_not_on_earth_is_left_out(latitude):
    assert exif.place({**MUNICH, exif.LATITUDE: latitude}) is None


def test_zero_zero_is_a_camera_without_a_fix():
    nowhere = {exif.LATITUDE: (0.0, 0.0, 0.0), exif.LONGITUDE: (0.0, 0.0, 0.0)}

    assert exif.place(nowhere) is None


@pytest.mark.parametrize(
    ("make", "model", "expected"),
    [
        ("Apple", "iPhone 15", "Apple iPhone 15"),
        ("Canon", "Canon EOS R5", "Canon EOS R5"),
        ("NIKON\0\0", "  Z 8\0", "NIKON Z 8"),
        ("", "", ""),
        (b"Fuji\xff", None, "Fuji\ufffd"),
    ],
)
def test_the_camera_is_named_once_and_cleanly(make, model, expected):
    assert values.camera(make, model) == expected


@pytest.mark.parametrize("claimed", [-1.0, 0.0, 9.2e18, float("inf"), float("nan")])
def test_a_length_that_no_video_has_is_left_out(claimed):
    assert values.duration(claimed) == 0.0


def test_long_names_are_cut():
    assert len(values.camera("", "x" * 5000)) == values.TEXT_LENGTH


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (
            {exif.EXPOSURE_TIME: IFDRational(1, 250), exif.F_NUMBER: 2.8, exif.ISO: 100},
            "1/250 s, f/2.8, ISO 100",
        ),
        ({exif.EXPOSURE_TIME: 2.5, exif.ISO: (200, 0)}, "2.5 s, ISO 200"),
        ({exif.F_NUMBER: IFDRational(0, 0)}, ""),
        ({exif.EXPOSURE_TIME: float("inf"), exif.ISO: -1}, ""),
    ],
)
def test_exposure_reads_as_photographers_write_it(tags, expected):
    assert exif.exposure(tags) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({exif.DESCRIPTION: "Carol on the pier"}, "Carol on the pier"),
        ({exif.DESCRIPTION: "OLYMPUS DIGITAL CAMERA  "}, ""),
        ({exif.USER_COMMENT: b"UNICODE\0" + "Café".encode("utf-16-le")}, "Café"),
        ({exif.USER_COMMENT: b"ASCII\0\0\0Screenshot"}, "Screenshot"),
        ({exif.USER_COMMENT: b"\0\0\0\0\0\0\0\0\x01\x02\x03"}, ""),
        (
            {exif.WINDOWS_TITLE: "Pier\0".encode("utf-16-le"), exif.DESCRIPTION: "At dusk"},
            "Pier\nAt dusk",
        ),
        ({exif.WINDOWS_TITLE: tuple("Pier".encode("utf-16-le")), exif.DESCRIPTION: "Pier"}, "Pier"),
    ],
)
def test_the_description_is_what_a_person_wrote(tags, expected):
    assert exif.description(tags) == expected


def test_windows_keywords_and_stars_are_read():
    tags = {exif.WINDOWS_KEYWORDS: "pier;Dusk; pier".encode("utf-16-le"), exif.RATING: 4}

    found = exif.facts(tags, {})

    assert (found["keywords"], found["rating"]) == (["pier", "Dusk"], 4)


PACKET = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmp:Rating="5" photoshop:DateCreated="2024-07-01T12:00:00.250+02:00"
 photoshop:City="Lisboa" photoshop:Country="Portugal">
<exif:GPSLatitude>38,43.0033N</exif:GPSLatitude><exif:GPSLongitude>9,8,24W</exif:GPSLongitude>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">The pier</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">At dusk</rdf:li>
<rdf:li xml:lang="de">Abends</rdf:li></rdf:Alt></dc:description>
<dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>dusk</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>\0\0"""


def test_an_xmp_packet_says_what_a_program_wrote():
    found = xmp.facts(PACKET)

    assert found == {
        "dates": [Said("xmp", clock(2024, 7, 1, 12, 0, 0, 250_000), 120)],
        "latitude": 38.7167217,
        "longitude": -9.14,
        "camera": "",
        "lens": "",
        "rating": 5,
        "description": "The pier\nAt dusk",
        "keywords": ["sea", "dusk"],
        "town": "Lisboa, Portugal",
    }


LAUGHS = b"".join(
    b'<!ENTITY lol%d "%s">' % (level, b"&lol%d;" % (level - 1) * 10) for level in range(1, 10)
)


@pytest.mark.parametrize(
    "packet",
    [
        b"<!DOCTYPE x [" + LAUGHS + b"]><x>&lol9;</x>",
        b'<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]><x>&file;</x>',
        b"<x>" + b" " * (xmp.LARGEST_PACKET) + b"</x>",
        b"<?xml version='1.0' encoding='no-such-letters'?><x/>",
        b"<x><y></x>",
        b"\xff\xfe\0",
        b"",
    ],
)
def test_a_packet_that_is_a_trap_or_damaged_says_nothing(packet):
    assert xmp.properties(packet) == {}


def test_a_packet_that_is_deeply_nested_is_read_or_left_but_does_no_harm():
    xmp.properties(b"<a>" * 100_000 + b"</a>" * 100_000)


def records(*fields):
    return b"".join(
        bytes([0x1C, record, number]) + len(value).to_bytes(2) + value
        for record, number, value in fields
    )


IPTC = records(
    (2, iptc.TITLE, b"The pier"),
    (2, iptc.CAPTION, "Caf\u00e9".encode("latin-1")),
    (2, iptc.KEYWORD, b"sea"),
    (2, iptc.KEYWORD, b"dusk"),
    (2, iptc.DATE, b"20240701"),
    (2, iptc.TIME, b"120000+0200"),
    (2, iptc.CITY, b"Lisbon"),
    (2, iptc.COUNTRY, b"Portugal"),
)
WRAPPED = (
    b"Photoshop 3.0\0"
    + (b"8BIM\x04\x25\x00\x00" + (3).to_bytes(4) + b"abc\0")
    + (b"8BIM\x04\x04\x00\x00" + len(IPTC).to_bytes(4) + IPTC)
)


@pytest.mark.parametrize("block", [IPTC, WRAPPED])
def test_an_iptc_block_is_read_bare_or_wrapped_by_photoshop(block):
    assert iptc.facts(block) == {
        "dates": [Said("iptc", clock(2024, 7, 1, 12), 120)],
        "description": "The pier\nCaf\u00e9",
        "keywords": ["sea", "dusk"],
        "town": "Lisbon, Portugal",
    }


def test_people_are_believed_about_words_and_cameras_about_the_rest():
    tags = {
        **NOON,
        exif.MAKE: "Canon",
        exif.DESCRIPTION: "by the camera",
        exif.RATING: 1,
    }

    found = gathering.of_photo(tags, MUNICH, packet=PACKET, block=IPTC)

    assert (found["latitude"], found["camera"]) == (48.14, "Canon")
    assert (found["description"], found["rating"]) == ("The pier\nAt dusk", 5)
    assert dates.choose(dates.read(found["dates"]), LATER) == Taken(
        utc(2024, 7, 1, 10), 120, "exif"
    )


def when_of_video(metadata):
    return dates.choose(quicktime.said(metadata), LATER)


def test_apples_date_is_preferred_since_it_knows_the_offset():
    when = when_of_video(
        {
            "creation_time": "2023-05-01T10:34:56.000000Z",
            "com.apple.quicktime.creationdate": "2023-05-01T12:34:56+0200",
        }
    )

    assert when == Taken(utc(2023, 5, 1, 10, 34, 56), 120, "quicktime")


def test_the_containers_date_is_utc_without_an_offset():
    when = when_of_video({"creation_time": "2023-05-01T10:34:56.000000Z"})

    assert when == Taken(utc(2023, 5, 1, 10, 34, 56), None, "container-utc")


def test_an_action_camera_calls_its_own_clock_utc():
    gopro = {
        "creation_time": "2023-05-01T10:34:56.000000Z",
        "handler_name": "GoPro AVC",
        "firmware": "HD8.01.02.51.00",
    }

    assert when_of_video(gopro) == Taken(utc(2023, 5, 1, 10, 34, 56), None, "container")
    assert quicktime.camera(gopro) == "GoPro HERO8"


@pytest.mark.parametrize("zero", ["1904-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "soon", ""])
def test_a_recorder_that_was_never_set_has_no_date(zero):
    assert when_of_video({"creation_time": zero}) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("+43.1931-004.8192/", (43.1931, -4.8192)),
        ("-33.8568+151.2153+005.000/", (-33.8568, 151.2153)),
        ("+00.0000+000.0000/", None),
        ("+99.0000+000.0000/", None),
        ("somewhere", None),
    ],
)
def test_a_videos_place_is_read_from_iso_6709(written, expected):
    assert quicktime.place({"location": written}) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("IMG_20240131_123456.jpg", Said("name", clock(2024, 1, 31, 12, 34, 56))),
        ("IMG_20240131_123456789.jpg", Said("name", clock(2024, 1, 31, 12, 34, 56, 789_000))),
        ("VID_20240131_123456.mp4", Said("name", clock(2024, 1, 31, 12, 34, 56))),
        ("20240131_123456.heic", Said("name", clock(2024, 1, 31, 12, 34, 56))),
        ("20240131_123456(1).jpg", Said("name", clock(2024, 1, 31, 12, 34, 56))),
        (
            "PXL_20240131_123456789.MP.jpg",
            Said("name", clock(2024, 1, 31, 12, 34, 56, 789_000), kind="utc"),
        ),
        ("Screenshot_20240131-123456.png", Said("name", clock(2024, 1, 31, 12, 34, 56))),
        ("Screenshot_2024-01-31-12-34-56-123.png", Said("name", clock(2024, 1, 31, 12, 34, 56))),
        ("Screenshot 2024-01-31 at 12.34.56.png", Said("name", clock(2024, 1, 31, 12, 34, 56))),
        (
            "Screenshot 2024-01-31 at 3.04.05\u202fPM.png",
            Said("name", clock(2024, 1, 31, 15, 4, 5)),
        ),
        ("Screen Shot 2014-01-31 at 12.04.05 AM.png", Said("name", clock(2014, 1, 31, 0, 4, 5))),
        ("2024-01-31 12.34.56.jpg", Said("name", clock(2024, 1, 31, 12, 34, 56))),
        (
            "WhatsApp Image 2024-01-31 at 12.34.56.jpeg",
            Said("name", clock(2024, 1, 31, 12, 34, 56)),
        ),
        ("photo_2024-01-31_12-34-56.jpg", Said("name", clock(2024, 1, 31, 12, 34, 56))),
        ("signal-2024-01-31-123456.jpg", Said("name", clock(2024, 1, 31, 12, 34, 56))),
        ("FB_IMG_1706704496000.jpg", Said("name", clock(2024, 1, 31, 12, 34, 56), kind="utc")),
        ("IMG-20240131-WA0001.jpg", Said("name", clock(2024, 1, 31), kind="day")),
        ("2024-01-31 Party.jpg", Said("name", clock(2024, 1, 31), kind="day")),
        ("1987-07-04 Dad.jpg", Said("name", clock(1987, 7, 4), kind="day")),
        ("2024-01-31 12345.jpg", Said("name", clock(2024, 1, 31), kind="day")),
        ("DSC_0001.jpg", None),
        ("IMG_5195.HEIC", None),
        ("20241399_123456.jpg", None),
        ("12345678901234567890.jpg", None),
        ("", None),
    ],
)
def test_names_say_when_as_phones_and_messengers_write_it(name, expected):
    assert names.said(name) == expected


anything = st.one_of(
    *(st.none(), st.text(), st.binary(), st.integers(), st.floats()),
    *(st.tuples(st.floats(), st.text()), st.tuples(st.floats(), st.floats(), st.floats())),
    *(st.tuples(st.integers()), st.lists(st.integers())),
)
KNOWN = [value for name, value in vars(exif).items() if name.isupper() and isinstance(value, int)]
tags = st.dictionaries(st.sampled_from(KNOWN), anything)

# The first text takes seconds, while Hypothesis learns all letters there are.
unhurried = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@unhurried
@given(tags, tags, st.binary(), st.binary())
def test_nothing_a_photo_may_contain_raises(written, gps, packet, block):
    found = gathering.of_photo({**written, **NOON}, gps, packet=packet, block=b"\x1c" + block)

    assert dates.choose(dates.read(found["dates"]), LATER)
    assert "\0" not in found["camera"] + found["description"]


@unhurried
@given(st.text(), st.sampled_from([name for name in vars(xmp) if name.isupper()]))
def test_nothing_an_xmp_packet_may_contain_raises(written, name):
    value = "".join(letter for letter in written if letter.isprintable() and letter not in "<>&'")
    packet = PACKET.replace(b"2024-07-01T12:00:00.250+02:00", value.encode())

    xmp.facts(packet.replace(b"38,43.0033N", value.encode()).replace(b'"5"', f"'{value}'".encode()))


@unhurried
@given(st.binary())
def test_nothing_an_iptc_block_may_contain_raises(block):
    iptc.facts(block)
    iptc.facts(b"Photoshop 3.0\x008BIM" + block)
    iptc.facts(b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\x01\0" + IPTC + block)


@unhurried
@given(
    st.dictionaries(
        st.sampled_from(["creation_time", "location", "date", "make", "keywords", "firmware"]),
        st.text(),
    )
)
def test_nothing_a_video_may_contain_raises(metadata):
    gathering.of_video({"handler_name": "GoPro", **metadata})


@unhurried
@given(st.text(), st.lists(anything))
def test_no_name_and_no_answer_of_a_child_raises(name, answer):
    names.said(name)
    dates.read(answer)
    dates.read([answer, ["exif", *answer], ["exif", "2024-01-01T00:00:00", 10**9, "clock"]])


@unhurried
@given(st.integers(1826, 9000), st.integers(-840, 840))
def test_every_date_and_offset_has_a_place_on_the_time_line(year, offset):
    rules = Rules(latest=datetime(9000, 1, 1, tzinfo=UTC), offset_of_clock=lambda clock: offset)

    when = dates.choose([Said("exif", clock(year, 7, 1, 12))], rules)

    if when:
        assert when.at + timedelta(minutes=offset) == utc(year, 7, 1, 12)


LIVE = "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9"


def notes(value: bytes, *, order: str = ">", offset: int = 32) -> bytes:
    begin = b"Apple iOS\0\0\x01" + (b"MM" if order == ">" else b"II")
    entry = struct.pack(f"{order}HHHII", 1, 0x0011, 2, len(value), offset)
    return (begin + entry).ljust(offset, b"\0") + value


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_notes_of_the_maker_say_which_film_belongs_to_a_photo(order):
    assert live.of_photo(notes(LIVE.encode() + b"\0", order=order)) == LIVE


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"Apple iOS\0\0\x01MM",
        b"Apple iOS\0\0\x01MM\xff\xff",
        notes(b"\xff" * 36),
        notes(LIVE.encode(), offset=40)[:50],
        notes(b"../../etc/passwd"),
        b"Nikon\0" + notes(LIVE.encode()),
    ],
)
def test_notes_that_are_broken_or_anothers_say_nothing(written):
    assert live.of_photo(written) == ""


def test_a_film_says_which_photo_it_belongs_to():
    assert live.of_film({live.KEY: LIVE.lower()}) == LIVE
    assert live.of_film({live.KEY: "me"}) == ""
    assert live.of_film({}) == ""
