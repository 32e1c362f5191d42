"""How pictures look, in 64 bits: as the reference makes them, and none where nothing is seen."""

import imagehash
import numpy as np
import pytest
from PIL import Image

from processing.recipes.phash import SIDE, phash

DOWN, ACROSS = np.mgrid[0:SIDE, 0:SIDE]


def greys(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def clouds(seed: int, *, height: float = 40) -> np.ndarray:
    """A picture of a few broad waves, as a scene has them."""
    numbers = np.random.default_rng(seed)
    waves = sum(
        numbers.normal() * np.cos(np.pi / SIDE * (x * ACROSS + y * DOWN) + numbers.uniform(0, 6))
        for x in range(8)
        for y in range(8)
    )
    return np.asarray(128 + height * waves / np.std(waves))


def noise(seed: int, *, deviation: float) -> np.ndarray:
    # A photo of 320 pixels has ten times as many of them in each direction as its 32 greys.
    return np.random.default_rng(seed).normal(0, deviation / 10, (SIDE, SIDE))


def distance(one: int | None, other: int | None) -> int:
    assert one is not None
    assert other is not None
    return ((one ^ other) & (2**64 - 1)).bit_count()


@pytest.mark.parametrize("seed", range(20))
def test_it_equals_the_imagehash_package(seed):
    picture = greys(clouds(seed))

    expected = imagehash.phash(Image.fromarray(picture))

    found = phash(picture)
    assert found is not None
    assert found % 2**64 == int(str(expected), 16)


def test_it_fits_a_signed_column_of_64_bits():
    found = [phash(greys(clouds(seed))) for seed in range(50)]

    assert all(number is not None and -(2**63) <= number < 2**63 for number in found)
    assert any(number < 0 for number in found if number is not None)


def test_noise_and_light_change_a_few_bits_and_another_picture_changes_half():
    here = phash(greys(clouds(1)))

    assert distance(here, phash(greys(clouds(1) + noise(5, deviation=20)))) <= 6
    assert distance(here, phash(greys(1.2 * clouds(1) - 10))) <= 6
    assert distance(here, phash(greys(clouds(2)))) > 20


@pytest.mark.parametrize(
    "flat",
    [
        np.full((SIDE, SIDE), 255),
        np.zeros((SIDE, SIDE)),
        128 + noise(1, deviation=20),
        5 + noise(2, deviation=8),
        60 + 4 * DOWN + noise(3, deviation=2),
        200 - 30 * ((DOWN / 16 - 1) ** 2 + (ACROSS / 16 - 1) ** 2) + noise(4, deviation=3),
    ],
    ids=["white", "black", "grey with noise", "a dark room", "a clear sky", "a wall"],
)
def test_what_has_nothing_on_it_looks_like_nothing(flat):
    assert phash(greys(flat)) is None
