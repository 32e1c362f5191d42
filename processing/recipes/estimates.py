"""How far work is and how long it will take, for people. Pure: facts in, a number or words out.

What cannot be known is said: no time is promised while no worker works.
"""

from collections.abc import Iterable
from typing import NamedTuple

# Below this progress the clock says more about the start of the work than about the work.
TELLING_PERCENT = 5
# A file is looked at before anybody knows whether it is a video, whose encoding takes far longer.
LOOKING_SHARE = 10
MINUTE, HOUR, DAY = 60, 3600, 86400


class Pace(NamedTuple):
    """How a lane goes just now: seconds that one of its jobs took lately, and jobs under way."""

    job_seconds: float | None
    running: int


class Stage(NamedTuple):
    """A piece of an item's work, or several alike. `weight` compares it with its siblings."""

    is_look: bool
    percent: float
    weight: float = 1.0


def left_of_running(
    *, percent: int, elapsed_seconds: float, usual_seconds: float | None
) -> float | None:
    """Seconds until a job that runs is done; None when it is too early or too late to say."""
    if percent >= TELLING_PERCENT:
        return elapsed_seconds * (100 - percent) / percent
    if usual_seconds is None or elapsed_seconds > usual_seconds:
        return None
    return usual_seconds - elapsed_seconds


def left_of_waiting(*, before: int, pace: Pace) -> float | None:
    """Seconds until a job is done that has so many before it; None while nothing moves."""
    if pace.job_seconds is None or not pace.running:
        return None
    return (before / pace.running + 1) * pace.job_seconds


def percent_of(stages: Iterable[Stage]) -> int:
    """How far an item is, over its pieces by weight, at most 99.

    It only grows while pieces do: looking counts a tenth before and after it is known that
    more will follow.
    """
    stages = list(stages)
    if not stages:
        return 0
    looks = [stage for stage in stages if stage.is_look]
    others = [stage for stage in stages if not stage.is_look]
    looked = _mean(looks) if looks else 100.0
    made = _mean(others) if others else 0.0
    return min(99, int((LOOKING_SHARE * looked + (100 - LOOKING_SHARE) * made) / 100))


def left_in_words(seconds: float | None) -> str:
    """As "about 3 minutes left", rounded so that it does not flicker; empty when not known."""
    if seconds is None:
        return ""
    if seconds < MINUTE:
        return "less than a minute left"
    if seconds < 55 * MINUTE:
        return f"about {_counted(_steps(seconds / MINUTE), 'minute')} left"
    if seconds < 23 * HOUR:
        return f"about {_counted(max(1, round(seconds / HOUR)), 'hour')} left"
    return f"about {_counted(max(1, round(seconds / DAY)), 'day')} left"


def before_in_words(before: int, *, most: int) -> str:
    """As "waiting, 120 before it"; counting stops at `most`."""
    if before == 0:
        return "waiting, next in line"
    return f"waiting, {'more than ' if before >= most else ''}{before:,} before it"


def _mean(stages: list[Stage]) -> float:
    weight = sum(stage.weight for stage in stages)
    return sum(stage.percent * stage.weight for stage in stages) / weight


def _steps(minutes: float) -> int:
    """Whole minutes up to ten, then fives."""
    return max(1, round(minutes)) if minutes < 10 else 5 * round(minutes / 5)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
