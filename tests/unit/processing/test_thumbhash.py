"""Placeholders, byte for byte as the reference makes them."""

import numpy as np
import pytest

from processing.recipes.thumbhash import thumbhash


def pattern(width: int, height: int) -> np.ndarray:
    across, down = np.arange(width)[None, :], np.arange(height)[:, None]
    waves = 7 * across**2 + 13 * down**2 + 3 * across * down
    return np.dstack([waves % 251, (waves // 3) % 241, (waves // 7) % 239]).astype(np.uint8)


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (100, 75, "1e0802058063754840757580246342156a98c07570"),
        (60, 90, "1e080205003408505a36244534331854695f33702b"),
        (32, 32, "1d0802070235448840566743444644553656c58dfffe910a"),
    ],
)
def test_it_equals_the_reference(width, height, expected):
    assert thumbhash(pattern(width, height)).hex() == expected


def test_one_colour_has_no_waves():
    flat = np.full((10, 10, 3), 128, np.uint8)

    assert len(thumbhash(flat)) <= 25


@pytest.mark.parametrize(("width", "height"), [(1, 1), (100, 1), (1, 100), (100, 100)])
def test_it_always_fits_in_25_bytes(width, height):
    assert len(thumbhash(pattern(width, height))) <= 25
