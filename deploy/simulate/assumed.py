"""What is assumed of people and of EC2: parameters, each to be replaced by what you observe."""

from dataclasses import dataclass

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True)
class People:
    """What somebody does on an average day, and what their files are like.

    Sizes are lognormal, by median and spread (the standard deviation of the logarithm).
    """

    photos_a_day: float = 1.0
    videos_a_day: float = 0.05
    megapixels: float = 12.0
    megapixels_spread: float = 0.35
    photo_bytes: float = 3.2e6
    video_seconds: float = 18.0
    video_seconds_spread: float = 1.0
    longest_video_seconds: float = 1800.0
    video_bytes_a_second: float = 1.2e6
    # In the busiest hour, `1 + swing` times the mean; twelve hours later `1 - swing`.
    busiest_hour: float = 20.0
    swing: float = 0.85


@dataclass(frozen=True)
class Crowd:
    """For a while everybody does `times` as much as they would."""

    begins: float = 20 * HOUR
    seconds: float = 600.0
    times: float = 50.0


@dataclass(frozen=True)
class Machines:
    """How instances come and go. Times are in seconds, chances for each instance and hour.

    From asking to the first job: the group notices, EC2 launches, the image starts, the worker
    connects. `spot_pool` is how many Spot instances there are to have, before `shortage` and after;
    within it, none.
    """

    slots: int = 2
    start_seconds: float = 120.0
    start_spread: float = 0.2
    steered_every: float = 30.0
    interrupted_an_hour: float = 0.02
    breaks_an_hour: float = 0.0005
    notice_seconds: float = 120.0
    spot_pool: float = float("inf")
    shortage: tuple[float, float] = (20 * HOUR, 20.5 * HOUR)


@dataclass(frozen=True)
class Messages:
    """SQS, as far as a doorbell is concerned. Chances are for each message."""

    seconds_on_the_way: float = 0.05
    lost: float = 0.0005
    doubled: float = 0.001
    in_flight_most: float = 120_000


PEOPLE, CROWD, MACHINES, MESSAGES = People(), Crowd(), Machines(), Messages()

# A worker that has nothing to do asks SQS so often, by long polling.
POLL_SECONDS = 10.0
# A video's first job: look at it, poster. Not measured by `make bench`.
POSTER_SECONDS = 1.5
# How long the pieces are that a video is made in, by docs/decisions/0022-ladder.md.
FIRST_PIECE_SECONDS, PIECE_SECONDS = 30.0, 10.0
