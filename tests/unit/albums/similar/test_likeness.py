"""When two photos look alike."""

import base64

import pytest

from albums.similar import likeness
from albums.similar.likeness import Seen

GREY, RED = (32, 32, 32), (32, 32, 50)


def thumbhash(averages: tuple[int, int, int]) -> str:
    light, yellow, red = averages
    return base64.b64encode((light | yellow << 6 | red << 12).to_bytes(3, "little")).decode()


def seen(bits: int = 0, *, width: int = 3000, colour: tuple[int, int, int] = GREY) -> Seen:
    """A photo whose hash differs from that of the plain one in so many bits."""
    phash = 2**bits - 1
    return Seen(phash - 2**64 if phash >= 2**63 else phash, width, 2000, thumbhash(colour))


@pytest.mark.parametrize(
    ("one", "other", "apart"), [(0, 0, 0), (0, 7, 3), (-1, 0, 64), (-(2**63), 2**63 - 1, 64)]
)
def test_the_distance_is_the_number_of_bits_that_differ(one, other, apart):
    assert likeness.distance(one, other) == apart


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (seen(0), True),
        (seen(6, width=1000, colour=RED), True),
        (seen(7), True),
        (seen(10), True),
        (seen(10, width=3200), True),
        (seen(10, width=4000), False),
        (seen(10, colour=RED), False),
        (seen(11), False),
        (seen(64), False),
    ],
)
def test_few_bits_are_enough_and_some_more_need_one_shape_and_one_colour(other, alike):
    assert likeness.are_alike(seen(), other) is alike
    assert likeness.are_alike(other, seen()) is alike


def test_a_photo_without_a_placeholder_is_compared_all_the_same():
    assert not likeness.are_alike(seen(), Seen(2**8 - 1, 3000, 2000, ""))
    assert not likeness.are_alike(seen(), Seen(2**8 - 1, 0, 0, "not base64"))


@pytest.mark.parametrize(
    ("farthest", "words"),
    [(0, "look the same"), (6, "look nearly the same"), (18, "look much alike")],
)
def test_words_say_how_much(farthest, words):
    assert likeness.words(farthest) == words
