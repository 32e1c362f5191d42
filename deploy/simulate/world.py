"""Plays one day: what comes in, two lanes, their fleets, and whoever decides about these.

Lane `bulk` is left out: nobody waits for it. Everything that came in ends, however late: after
the day it goes on until all is done.
"""

from dataclasses import dataclass, field
from functools import partial
from random import Random

import numpy as np
import simpy

from deploy.simulate import known
from deploy.simulate.assumed import DAY, HOUR, MACHINES, MESSAGES, Machines, Messages
from deploy.simulate.demand import Demand, Photo, Video, arrivals
from deploy.simulate.fleet import Group, Spot
from deploy.simulate.lane import Job, Lane
from deploy.simulate.strategies import Post, Strategy
from processing.recipes.scaling import POLICIES, Policy

SAMPLE_SECONDS = 60.0
# Of a day that does not end by itself something is wrong.
LONGEST = 10 * DAY
LANES = ("interactive", "media")


@dataclass(frozen=True)
class Plan:
    """What is played. Each strategy is by lane; a lane in `on_spot` buys its workers there, with a
    reserve on demand as large. `least` and `most` are those of the groups. How long something
    waited that came in the seconds of `warm_up` is not noted."""

    demand: Demand
    strategies: dict[str, Strategy]
    on_spot: frozenset[str] = frozenset({"media"})
    least: dict[str, int] = field(default_factory=lambda: {"interactive": 1, "media": 0})
    most: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LANES, 10_000))
    machines: Machines = MACHINES
    messages: Messages = MESSAGES
    policies: dict[str, Policy] = field(default_factory=lambda: dict(POLICIES))
    seconds: float = DAY
    warm_up: float = 0.0
    seed: int = 1


@dataclass
class Sample:
    """What a lane looked like at one moment."""

    at: float
    waiting: int
    oldest_seconds: float
    workers: int
    on_demand: int


@dataclass
class Outcome:
    """What became of a day. Waits are in seconds, from having been sent until being seen."""

    photos: np.ndarray
    posters: np.ndarray
    playable: np.ndarray
    photo_count: int
    video_seconds: float
    samples: dict[str, list[Sample]]
    spot_seconds: dict[str, float]
    on_demand_seconds: dict[str, float]
    interrupted: int
    broken: int
    begun: int
    done: int
    lost_seconds: float
    requests: int
    most_in_flight: int
    ended_at: float


class World:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._env = simpy.Environment()
        chance = Random(plan.seed)
        self._lanes = {name: Lane(plan.messages, Random(chance.random())) for name in LANES}
        self._coming = arrivals(plan.demand, plan.seed)
        self._next: Photo | Video | None = next(self._coming, None)
        self._photos: list[float] = []
        self._posters: list[float] = []
        self._playable: list[float] = []
        self._photo_count = 0
        self._video_seconds = 0.0
        self._samples: dict[str, list[Sample]] = {name: [] for name in LANES}
        spot = Spot(plan.machines)
        self._posts = {name: self._post(name, spot, Random(chance.random())) for name in LANES}

    def play(self) -> Outcome:
        """From midnight until the day is over and everything done."""
        for name, post in self._posts.items():
            self._env.process(self._plan.strategies[name](post))
        self._env.process(self._sweep())
        self._env.process(self._sample())
        self._env.run(until=self._plan.seconds)
        while not self._is_over():
            if self._env.now > LONGEST:
                raise RuntimeError("after ten days there are jobs that nobody has done")
            self._env.run(until=self._env.now + HOUR / 4)
        return self._outcome()

    def _post(self, name: str, spot: Spot, chance: Random) -> Post:
        plan, lane = self._plan, self._lanes[name]

        def group(market: Spot | None, least: int, most: int) -> Group:
            return Group(
                env=self._env,
                lane=lane,
                machines=plan.machines,
                chance=chance,
                up_to_date=self._advance,
                least=least,
                most=most,
                spot=market,
            )

        buys_spot = name in plan.on_spot
        return Post(
            env=self._env,
            lane=lane,
            policy=plan.policies[name],
            group=group(spot if buys_spot else None, plan.least[name], plan.most[name]),
            reserve=group(None, 0, plan.most[name]) if buys_spot else None,
            up_to_date=self._advance,
        )

    def _advance(self) -> None:
        """Let jobs catch up with the machines' clock. What interactive ends, media begins."""
        now = self._env.now
        while self._next is not None and self._next.at <= now:
            self._take_in(self._next)
            self._next = next(self._coming, None)
            if self._next is not None and self._next.at >= self._plan.seconds:
                self._next = None
        for name in LANES:
            self._lanes[name].advance(now)

    def _take_in(self, what: Photo | Video) -> None:
        if isinstance(what, Photo):
            job = Job(what.seconds, partial(self._show, what))
        else:
            self._video_seconds += what.length
            job = Job(what.poster, partial(self._make, what))
        self._lanes["interactive"].add(job, what.at)

    def _show(self, photo: Photo, at: float) -> None:
        self._photo_count += 1
        self._note(self._photos, photo, at)

    def _note(self, waits: list[float], what: Photo | Video, at: float) -> None:
        if what.at >= self._plan.warm_up:
            waits.append(at - what.at)

    def _make(self, video: Video, at: float) -> None:
        """The poster is there. Pieces of the first size are wanted; all others after the last."""
        self._note(self._posters, video, at)
        pieces = video.first_pieces()
        left = len(pieces)

        def one_more(ended_at: float) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                self._note(self._playable, video, ended_at)
                for seconds in video.other_pieces():
                    self._lanes["media"].add(Job(seconds, _nobody_hears), ended_at)

        for seconds in pieces:
            self._lanes["media"].add(Job(seconds, one_more), at)

    def _sweep(self) -> simpy.events.ProcessGenerator:
        while True:
            yield self._env.timeout(known.setting("JOB_SWEEP_SECONDS"))
            self._advance()
            for lane in self._lanes.values():
                lane.sweep()

    def _sample(self) -> simpy.events.ProcessGenerator:
        while True:
            yield self._env.timeout(SAMPLE_SECONDS)
            self._advance()
            for name, post in self._posts.items():
                load = post.lane.load()
                on_demand = post.reserve.launched if post.reserve else 0
                self._samples[name].append(
                    Sample(
                        self._env.now,
                        load.waiting,
                        load.oldest_seconds,
                        len(post.lane.workers),
                        on_demand,
                    )
                )

    def _is_over(self) -> bool:
        self._advance()
        return self._next is None and all(lane.done == lane.added for lane in self._lanes.values())

    def _outcome(self) -> Outcome:
        lanes, posts = self._lanes.values(), self._posts
        groups = [g for post in posts.values() for g in (post.group, post.reserve) if g]
        spot, on_demand = {}, {}
        for name, post in posts.items():
            paid = post.group.paid_seconds()
            spot[name] = paid if post.group.spot else 0.0
            on_demand[name] = 0.0 if post.group.spot else paid
            on_demand[name] += post.reserve.paid_seconds() if post.reserve else 0.0
        return Outcome(
            photos=np.array(self._photos),
            posters=np.array(self._posters),
            playable=np.array(self._playable),
            photo_count=self._photo_count,
            video_seconds=self._video_seconds,
            samples=self._samples,
            spot_seconds=spot,
            on_demand_seconds=on_demand,
            interrupted=sum(group.interrupted for group in groups),
            broken=sum(group.broken for group in groups),
            begun=sum(lane.begun for lane in lanes),
            done=sum(lane.done for lane in lanes),
            lost_seconds=sum(lane.lost_seconds for lane in lanes),
            requests=sum(lane.requests for lane in lanes),
            most_in_flight=max(lane.most_in_flight for lane in lanes),
            ended_at=self._env.now,
        )


def _nobody_hears(at: float) -> None:
    """The end of a piece of a larger size: the video plays already."""
