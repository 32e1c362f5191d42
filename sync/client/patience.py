"""How often, and after which pauses, something that failed is tried again. Sleeps by no clock.

Pauses double and are drawn from what they might be at most, so that clients that were refused
together do not come back together.

https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """`attempts` in all. `chance` gives numbers from 0 up to 1."""

    attempts: int = 6
    first_seconds: float = 0.25
    longest_seconds: float = 20
    chance: Callable[[], float] = random.random

    def pauses(self) -> Iterator[float]:
        """Seconds to wait before the second attempt, the third, and so on."""
        for number in range(self.attempts - 1):
            most = min(self.longest_seconds, self.first_seconds * 2**number)
            yield most * (0.5 + self.chance() / 2)
