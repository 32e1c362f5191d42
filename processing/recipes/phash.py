"""How a picture looks, in 64 bits that stay nearly the same when it is copied, shrunk or edited.

The perceptual hash of Evan Klinger and David Starkweather's pHash, as the imagehash package makes
it: the picture as 32 x 32 greys, of its cosine waves the 8 x 8 longest, and for each whether it is
above their median. Pictures with few differing bits look alike. Pure.
"""

from statistics import median

import numpy as np
from numpy.typing import NDArray

SIDE = 32
WAVES = 8
# In grey levels. The bits of a picture whose middle wave is lower than this are decided by noise:
# blank pictures, smooth gradients and walls have at most 0.02, photographs and pages of text more
# than 0.1. Two such pictures have nothing in common but that there is nothing on them.
FLAT = 0.1


def phash(greys: NDArray[np.uint8]) -> int | None:
    """The hash of 32 x 32 greys as a signed number; None when there is nothing to see."""
    cosines = _cosines()
    waves = (cosines @ greys.astype(np.float64) @ cosines.T).ravel()
    # Not numpy's median: it imports the masked arrays first, 50 ms in each new child.
    if median(abs(wave) for wave in waves[1:].tolist()) * 2 / SIDE**2 < FLAT:
        return None
    bits = np.packbits(waves > median(waves.tolist()))
    return int.from_bytes(bits.tobytes(), "big", signed=True)


def _cosines() -> NDArray[np.float64]:
    positions = np.arange(SIDE) + 0.5
    return np.cos(np.pi / SIDE * np.outer(np.arange(WAVES), positions))
