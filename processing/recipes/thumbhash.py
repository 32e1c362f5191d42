"""A blurred placeholder in at most 25 bytes: Evan Wallace's ThumbHash, for opaque pictures.

https://evanw.github.io/thumbhash/ describes the format. The cosine transform is three
matrix products here, since the loop over pixels costs 50 ms in plain Python.
"""

import numpy as np
from numpy.typing import NDArray

LONGEST_SIDE = 100
Plane = NDArray[np.float64]


def thumbhash(pixels: NDArray[np.uint8]) -> bytes:
    """The hash of an sRGB picture of height x width x 3, no side longer than 100 pixels."""
    height, width = pixels.shape[:2]
    red, green, blue = np.moveaxis(pixels / 255.0, 2, 0)
    longest = max(width, height)
    across, down = (max(1, _rounded(7 * side / longest)) for side in (width, height))
    light = _coefficients((red + green + blue) / 3, max(3, across), max(3, down))
    yellow_blue = _coefficients((red + green) / 2 - blue, 3, 3)
    red_green = _coefficients(red - green, 3, 3)
    is_landscape = width > height
    first: int = (
        _rounded(63 * light[0])
        | _rounded(31.5 + 31.5 * yellow_blue[0]) << 6
        | _rounded(31.5 + 31.5 * red_green[0]) << 12
        | _rounded(31 * light[1]) << 18
    )
    second: int = (
        (down if is_landscape else across)
        | _rounded(63 * yellow_blue[1]) << 3
        | _rounded(63 * red_green[1]) << 9
        | is_landscape << 15
    )
    waves = np.concatenate([light[2], yellow_blue[2], red_green[2]])
    nibbles = [_rounded(15 * wave) for wave in waves] + [0]
    pairs = zip(nibbles[::2], nibbles[1::2], strict=False)
    return (
        first.to_bytes(3, "little")
        + second.to_bytes(2, "little")
        + bytes(low | high << 4 for low, high in pairs)
    )


def _coefficients(channel: Plane, across: int, down: int) -> tuple[float, float, Plane]:
    """The mean, the largest wave, and the waves scaled to 0..1, lowest first."""
    height, width = channel.shape
    waves = _cosines(down, height) @ channel @ _cosines(across, width).T / (width * height)
    kept = np.array(
        [
            waves[y, x]
            for y in range(down)
            for x in range(across)
            if x * down < across * (down - y) and x + y > 0
        ]
    )
    largest = float(np.abs(kept).max())
    scaled = 0.5 + 0.5 / largest * kept if largest else np.full_like(kept, 0.0)
    return float(waves[0, 0]), largest, scaled


def _cosines(count: int, length: int) -> Plane:
    positions = np.arange(length) + 0.5
    return np.cos(np.pi / length * np.outer(np.arange(count), positions))


def _rounded(value: float) -> int:
    """Halves go up, as in the reference."""
    return int(np.floor(value + 0.5))
