"""The jobs of one lane, its doorbells in SQS, and the workers that take them.

A loop of its own instead of SimPy's, which takes fifty times as long for each job: between two
moments at which anything happens to a machine, jobs only come, begin and end. As in production
a message says only that there is work: whoever receives one takes the oldest job there is.
"""

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from math import inf
from random import Random

from deploy.simulate.assumed import Messages
from processing.recipes.scaling import Load

WINDOW = 600.0  # As far back as `processing.metrics` looks for how long jobs take.

Done = Callable[[float], None]


@dataclass(eq=False, slots=True)
class Job:
    """Some seconds of one slot. `done` hears when it ended, once."""

    seconds: float
    done: Done
    came_at: float = 0.0


@dataclass(eq=False, slots=True)
class Worker:
    """Has some slots; `takes` jobs until it is told to leave."""

    slots: int
    takes: bool = True
    jobs: dict[int, tuple[Job, float]] = field(default_factory=dict)

    @property
    def is_idle(self) -> bool:
        return not self.jobs


class Lane:
    """Advances from moment to moment. Everything that was added ends, once."""

    def __init__(self, messages: Messages, chance: Random) -> None:
        self._messages, self._chance = messages, chance
        self.now = 0.0
        self.workers: set[Worker] = set()
        self._line: deque[Job] = deque()
        self._bells = 0
        # Workers with a free slot, one entry for each; those that left are skipped.
        self._free: list[Worker] = []
        self._coming: list[tuple[float, int, Job | Callable[[], None]]] = []
        self._ending: list[tuple[float, int, Worker]] = []
        self._number = count()
        self._ended: deque[tuple[float, float]] = deque()
        self._ended_seconds = 0.0
        self.added = self.done = self.begun = self.requests = self.wasted_bells = 0
        self.lost_seconds = 0.0
        self.most_in_flight = 0
        self._in_flight = 0

    # What the world does to it.

    def add(self, job: Job, at: float) -> None:
        """A job is written down, and its doorbell rung, at a moment that is not over."""
        self.added += 1
        job.came_at = at
        self._foresee(at + self._messages.seconds_on_the_way, job)

    def join(self, worker: Worker) -> None:
        self.workers.add(worker)
        self._free.extend([worker] * worker.slots)
        self._begin()

    def leave(self, worker: Worker) -> None:
        """It begins nothing more; what it has may end."""
        worker.takes = False
        self.workers.discard(worker)

    def give_back(self, worker: Worker) -> None:
        """In order: what it has not done, others may have at once, message and all."""
        for job in self._taken_from(worker):
            self._line.appendleft(job)
            self._bells += 1
        self._begin()

    def lose(self, worker: Worker, *, lease_seconds: float, hidden_seconds: float) -> None:
        """Without a word: its jobs are free when their leases run out, its messages when SQS shows
        them again."""
        worker.takes = False
        for job in self._taken_from(worker):
            self._foresee(self.now + lease_seconds, partial(self._line.appendleft, job))
            self._foresee(self.now + hidden_seconds, self._ring)

    def sweep(self) -> None:
        """Ring for jobs whose message must have gone astray, as production does by the clock."""
        missing = max(0, len(self._line) - self._bells)
        self._bells += missing
        self.requests += missing
        self._begin()

    # What can be asked of it.

    @property
    def waiting(self) -> int:
        return len(self._line)

    @property
    def running(self) -> int:
        return self._in_flight

    def load(self) -> Load:
        """As `processing.metrics` would say it."""
        while self._ended and self._ended[0][0] < self.now - WINDOW:
            self._ended_seconds -= self._ended.popleft()[1]
        return Load(
            waiting=len(self._line),
            running=self._in_flight,
            oldest_seconds=self.now - self._line[0].came_at if self._line else 0.0,
            job_seconds=max(0.0, self._ended_seconds / len(self._ended)) if self._ended else 0.0,
        )

    def advance(self, until: float) -> None:
        """Let jobs come, begin and end until a moment."""
        coming, ending = self._coming, self._ending
        while True:
            comes = coming[0][0] if coming else inf
            ends = ending[0][0] if ending else inf
            self.now = min(comes, ends)
            if self.now > until:
                self.now = until
                return
            if ends <= comes:
                self._end()
            else:
                what = heapq.heappop(coming)[2]
                self._arrive(what) if isinstance(what, Job) else what()
            self._begin()

    # How it goes on inside.

    def _foresee(self, at: float, what: Job | Callable[[], None]) -> None:
        heapq.heappush(self._coming, (at, next(self._number), what))

    def _arrive(self, job: Job) -> None:
        """A job, and its message unless that was lost."""
        self._line.append(job)
        self.requests += 1
        if self._chance.random() >= self._messages.lost:
            self._bells += 1

    def _ring(self) -> None:
        self._bells += 1

    def _begin(self) -> None:
        """Whoever is free receives a message, and takes the job whose turn it is."""
        while self._bells and self._free and self._in_flight < self._messages.in_flight_most:
            worker = self._free.pop()
            if not worker.takes:
                continue
            self._bells -= 1
            # Received and deleted; several at once are one request, which is left out here.
            self.requests += 2
            if not self._line:
                self.wasted_bells += 1
                self._free.append(worker)
                continue
            job = self._line.popleft()
            number = next(self._number)
            worker.jobs[number] = (job, self.now)
            heapq.heappush(self._ending, (self.now + job.seconds, number, worker))
            self.begun += 1
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)

    def _end(self) -> None:
        at, number, worker = heapq.heappop(self._ending)
        held = worker.jobs.pop(number, None)
        if held is None:
            return  # It was given back meanwhile.
        job = held[0]
        self._in_flight -= 1
        self.done += 1
        self._ended.append((at, job.seconds))
        self._ended_seconds += job.seconds
        if worker.takes:
            self._free.append(worker)
        if self._chance.random() < self._messages.doubled:
            self._bells += 1
        job.done(at)

    def _taken_from(self, worker: Worker) -> list[Job]:
        taken = list(worker.jobs.values())
        worker.jobs.clear()
        self.workers.discard(worker)
        self._in_flight -= len(taken)
        self.lost_seconds += sum(self.now - began for _, began in taken)
        return [job for job, _ in taken]
