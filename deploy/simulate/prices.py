"""What AWS asks for: list prices as assumed, never measured. Replace them by those of your region.

us-east-1, Linux, US dollars, as remembered in November 2026 and not looked up: AWS's own pages
decide. Spot is assumed to cost two fifths of the list price.
"""

from dataclasses import dataclass

from deploy.simulate.assumed import HOUR, POLL_SECONDS
from deploy.simulate.budget import PHOTO, UPLOAD, Requests
from deploy.simulate.world import Outcome

REGION, AS_OF = "us-east-1", "November 2026"


@dataclass(frozen=True)
class Prices:
    """In dollars. `on_demand` and `spot` are for an hour of one instance of two virtual cores."""

    instance: str = "c7i.large"
    on_demand: float = 0.08925
    spot: float = 0.0357
    s3_dear: float = 0.005 / 1000
    s3_cheap: float = 0.0004 / 1000
    sqs: float = 0.40 / 1e6
    s3_gigabyte_month: float = 0.023


PRICES = Prices()


@dataclass(frozen=True)
class Bill:
    """What one day's processing cost, in dollars: of a thousand photos, and of an hour of video."""

    thousand_photos: float
    video_hour: float
    day: float


def bill(outcome: Outcome, prices: Prices = PRICES) -> Bill:
    """Machines of lane interactive are the photos', those of media the videos'."""
    photos = _machines(outcome, "interactive", prices)
    videos = _machines(outcome, "media", prices)
    messages = outcome.requests * prices.sqs + _polls(outcome) * prices.sqs
    number = max(1, outcome.photo_count)
    hours = max(1, outcome.video_seconds) / HOUR
    each = photos / number + requests_cost(UPLOAD["sts"] + PHOTO, prices)
    return Bill(
        thousand_photos=1000 * each,
        video_hour=videos / hours,
        day=photos + videos + messages,
    )


def requests_cost(requests: Requests, prices: Prices = PRICES) -> float:
    return requests.dear * prices.s3_dear + requests.cheap * prices.s3_cheap


def _machines(outcome: Outcome, lane: str, prices: Prices) -> float:
    spot, on_demand = outcome.spot_seconds[lane], outcome.on_demand_seconds[lane]
    return (spot * prices.spot + on_demand * prices.on_demand) / HOUR


def _polls(outcome: Outcome) -> float:
    """Workers that have nothing to do ask for messages; as if none ever had anything."""
    seconds = [*outcome.spot_seconds.values(), *outcome.on_demand_seconds.values()]
    return sum(seconds) / POLL_SECONDS
