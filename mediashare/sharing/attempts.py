"""How often a wrong share password may be tried, counted in the cache.

Counted for each link and for each network address, so that neither one guesser nor many can
search for a password. Losing the cache forgets the counts, nothing else.
"""

import math
import time
from contextlib import suppress
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle, ScopedRateThrottle


class TooManyAttempts(Exception):
    """Nothing was tried. `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many wrong passwords. Try again in {retry_after} seconds.")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Attempt:
    keys: list[str]

    def forgive(self) -> None:
        """The password was right: guests who know it are not counted."""
        for key in self.keys:
            with suppress(ValueError):  # The cache forgot the count in the meantime.
                cache.decr(key)


def count(*, link: str, address: str) -> Attempt:
    """Count an attempt before it is made, so that many at once gain nothing.

    Raises TooManyAttempts when the limit of the present window is used up.
    """
    limit, seconds = _limit()
    now = time.time()
    keys = []
    for name in (link, address):
        # The window begins with its first attempt.
        started = cache.get_or_set(f"share-password:{name}", now, timeout=seconds)
        until = (now if started is None else started) + seconds
        key = f"share-password:{name}:{until}"
        cache.add(key, 0, timeout=seconds * 2)
        if cache.incr(key) > limit:
            raise TooManyAttempts(retry_after=max(1, math.ceil(until - now)))
        keys.append(key)
    return Attempt(keys)


def address_of(request: HttpRequest) -> str:
    """The network address of whoever asks, as seen past the site's own proxies."""
    # It reads headers only, so Django's own request does as well as DRF's.
    return BaseThrottle().get_ident(request)  # type: ignore[arg-type]


def _limit() -> tuple[int, int]:
    """Attempts, and seconds in which they may be made."""
    rate = str(api_settings.DEFAULT_THROTTLE_RATES["share-password"])
    count, seconds = ScopedRateThrottle().parse_rate(rate)
    return int(count or 0), int(seconds or 60)
