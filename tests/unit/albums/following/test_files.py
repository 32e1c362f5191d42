"""Which files an album shows."""

import pytest

from albums.following.files import is_inside, picture
from sync.protocol.messages import File, Folder, Link

FOLDERS = {"a": ("", "Trips"), "b": ("a", "Lisbon"), "c": ("b", ".cache"), "d": ("c", "Old")}


def file(name, size_bytes=1):
    return File("", name, "0" * 64, size_bytes)


@pytest.mark.parametrize(
    "name", ["sea.jpg", "SEA.JPG", "waves.MOV", "x.heic", "raw.CR3", "a.b.png"]
)
def test_pictures_and_films_are_shown(name):
    shown = picture("e", file(name))

    assert shown is not None
    assert shown.name == name


@pytest.mark.parametrize(
    "name", ["notes.txt", "jpg", ".hidden.jpg", "._sea.jpg", "~$x.png", "a.ts"]
)
def test_other_and_hidden_files_are_not(name):
    assert picture("e", file(name)) is None


def test_nor_are_empty_files_folders_links_and_what_is_deleted():
    others = [file("sea.jpg", 0), Folder("", "x.jpg"), Link("", "x.jpg", "y.jpg"), None]

    assert [picture("e", each) for each in others] == [None] * 4


@pytest.mark.parametrize(
    ("parent", "place", "shown"),
    [
        ("", "", True),
        ("b", "", True),
        ("b", "a", True),
        ("a", "a", True),
        ("a", "b", False),
        ("", "a", False),
        ("c", "", False),
        ("d", "", False),
        ("d", "c", True),
        ("gone", "", False),
        ("gone", "gone", False),
    ],
)
def test_what_is_in_a_place_is_shown_unless_something_on_the_way_is_hidden(parent, place, shown):
    assert is_inside(parent, place, FOLDERS.get) is shown
