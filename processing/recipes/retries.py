"""How long to wait before trying again. Pure."""

LONGEST_SECONDS = 600


def delay_seconds(first_seconds: int, times: int) -> int:
    """Doubles with each time it went wrong, up to ten minutes. `times` counts from 0."""
    return min(first_seconds << min(times, 20), LONGEST_SECONDS)
