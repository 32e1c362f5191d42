"""What comes in over a day: photos and videos, each with what it costs. The same for a seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, cos, exp, pi

import numpy as np

from deploy.simulate import known
from deploy.simulate.assumed import (
    CROWD,
    DAY,
    FIRST_PIECE_SECONDS,
    HOUR,
    MINUTE,
    PEOPLE,
    PIECE_SECONDS,
    POSTER_SECONDS,
    Crowd,
    People,
)


@dataclass(frozen=True)
class Photo:
    """Comes at a moment, and takes one job of some seconds."""

    at: float
    seconds: float


@dataclass(frozen=True)
class Video:
    """Comes at a moment; its poster is one job, then it is made in pieces."""

    at: float
    length: float
    poster: float = POSTER_SECONDS

    def first_pieces(self) -> list[float]:
        """Seconds of work for each piece of the size that plays first."""
        return _pieces(self.length, FIRST_PIECE_SECONDS, known.work().first_rung)

    def other_pieces(self) -> list[float]:
        work = known.work()
        return _pieces(self.length, PIECE_SECONDS, work.whole_ladder - work.first_rung)


@dataclass(frozen=True)
class Demand:
    """So many users, who do as people do, and at times come as a crowd."""

    users: int
    people: People = PEOPLE
    crowd: Crowd | None = CROWD

    def times(self, second: float) -> float:
        """How much is done at a moment, beside the mean of a day without a crowd."""
        people, crowd = self.people, self.crowd
        hours_off = (second / HOUR - people.busiest_hour) / 24
        usual = 1 + people.swing * cos(2 * pi * hours_off)
        comes = crowd is not None and crowd.begins <= second < crowd.begins + crowd.seconds
        return usual * (crowd.times if crowd and comes else 1)

    def minutes(self) -> np.ndarray:
        """How much is done in each minute of the day, beside the mean."""
        return np.array([self.times(minute * MINUTE) for minute in range(int(DAY / MINUTE))])


def arrivals(demand: Demand, seed: int) -> Iterator[Photo | Video]:
    """Everything that comes in, in order: a Poisson process whose rate changes by the minute."""
    people, chance = demand.people, np.random.default_rng(seed)
    work = known.work()
    photo_share = people.photos_a_day / (people.photos_a_day + people.videos_a_day)
    per_minute = demand.users * (people.photos_a_day + people.videos_a_day) * MINUTE / DAY
    for minute, count in enumerate(chance.poisson(demand.minutes() * per_minute)):
        times = np.sort(chance.random(count)) * MINUTE + minute * MINUTE
        is_photo = chance.random(count) < photo_share
        spread = chance.standard_normal(count)
        for at, photo, size in zip(times.tolist(), is_photo.tolist(), spread.tolist(), strict=True):
            if photo:
                pixels = people.megapixels * exp(people.megapixels_spread * size)
                yield Photo(at, work.photo * pixels / work.photo_megapixels)
            else:
                length = people.video_seconds * exp(people.video_seconds_spread * size)
                yield Video(at, min(max(length, 1.0), people.longest_video_seconds))


def _pieces(length: float, longest: float, each_second: float) -> list[float]:
    number = ceil(length / longest)
    return [length / number * each_second] * number
