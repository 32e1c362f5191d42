"""Names in an archive can be unpacked everywhere, and no two meet."""

import pytest

from processing.recipes import zip_names


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("beach.jpg", "beach.jpg"),
        ("Überfahrt 山.jpg", "Überfahrt 山.jpg"),
        ("Cafe\u0301.jpg", "Café.jpg"),
        ("👨‍👩‍👧.jpg", "👨‍👩‍👧.jpg"),
        ("../../etc/passwd", "_.._.._etc_passwd"),
        ('a<b>:"c|?*.jpg', "a_b___c___.jpg"),
        ("CON.jpg", "_CON.jpg"),
        ("com1", "_com1"),
        ("NUL .jpg", "_NUL .jpg"),
        ("conin$", "_conin$"),
        ("beach\n.jpg", "beach_.jpg"),
        ("lptx.jpg", "lptx.jpg"),
        (".hidden", "_.hidden"),
        ("dots. . .", "dots"),
        ("photo\u202egpj.exe", "photo_gpj.exe"),
        ("", "Untitled"),
        ("...", "Untitled"),
    ],
)
def test_a_name_is_safe_on_every_system(given, safe):
    assert zip_names.safe(given) == safe


def test_a_long_name_keeps_its_ending_and_whole_letters():
    name = zip_names.safe("山" * 200 + ".jpeg")

    assert name.endswith("山.jpeg")
    assert len(name.encode()) <= zip_names.LONGEST_BYTES


def test_equal_names_get_numbers():
    folder = zip_names.Folder()

    placed = [folder.place("beach.jpg") for _ in range(3)]

    assert placed == ["beach.jpg", "beach (2).jpg", "beach (3).jpg"]


def test_names_that_a_disk_cannot_tell_apart_get_numbers_too():
    folder = zip_names.Folder()

    placed = [folder.place(name) for name in ("Beach.JPG", "beach.jpg", "Cafe\u0301", "CAFÉ")]

    assert placed == ["Beach.JPG", "beach (2).jpg", "Café", "CAFÉ (2)"]


def test_a_number_that_somebody_chose_is_not_taken_again():
    folder = zip_names.Folder()

    placed = [folder.place(name) for name in ("a (2).jpg", "a.jpg", "a.jpg", "a.jpg")]

    assert placed == ["a (2).jpg", "a.jpg", "a (3).jpg", "a (4).jpg"]


def test_what_stands_beside_a_file_never_meets_another_file():
    folder = zip_names.Folder()

    first = folder.place("a.jpg.json")
    second = folder.place("a.jpg", beside=(".json",))

    assert (first, second) == ("a.jpg.json", "a (2).jpg")


def test_fifty_thousand_equal_names_do_not_take_long():
    folder = zip_names.Folder()

    placed = [folder.place("IMG_0001.HEIC", beside=(".json",)) for _ in range(50_000)]

    assert len(set(placed)) == 50_000
