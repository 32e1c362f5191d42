"""How each kind of fault is done, and undone."""

import threading
from collections.abc import Callable

from tests.journeys.chaos import plan
from tests.journeys.chaos.fleet import SIZE, Fleet
from tests.journeys.chaos.plan import Kind
from tests.journeys.chaos.site import Person, Site

LANES = ("interactive", "media", "bulk")
DOUBLED = 6

Undo = Callable[[], object]


class Trouble:
    """Does the faults of a plan to a site, its fleet and one person's jobs."""

    def __init__(self, site: Site, fleet: Fleet, person: Person) -> None:
        self._site, self._fleet, self._person = site, fleet, person
        self._do: dict[Kind, Callable[[plan.Fault], object]] = {
            Kind.KILL: lambda fault: self._fleet.kill(_victim(fault)),
            Kind.KILL_POOL: lambda fault: self._fleet.kill_pool(_victim(fault)),
            Kind.STOP: lambda fault: self._fleet.replace(_victim(fault)),
            Kind.FREEZE: self._freeze,
            Kind.LOSE: lambda fault: lose_messages(site),
            Kind.DOUBLE: lambda fault: self._double(),
            Kind.REFUSE: lambda fault: self._store(site.store.refuse, site.store.refusing),
            Kind.SLOW: lambda fault: self._store(site.store.slow.set, site.store.slow),
            Kind.CUT: lambda fault: self._store(site.store.cutting.set, site.store.cutting),
            Kind.POSTGRES: lambda fault: self._restart_postgres(),
            Kind.CANCEL: self._cancel,
        }

    def make(self, fault: plan.Fault) -> Undo | None:
        """Do it; what undoes it, if it lasts."""
        undo = self._do[fault.kind](fault)
        return undo if callable(undo) else None

    def _freeze(self, fault: plan.Fault) -> Undo:
        number = _victim(fault)
        self._fleet.freeze(number)
        return lambda: self._fleet.thaw(number)

    def _double(self) -> None:
        for _ in range(DOUBLED):
            for lane in LANES:
                self._site.ring(lane)

    def _store(self, begin: Callable[[], object], flag: threading.Event) -> Undo:
        begin()
        return flag.clear

    def _restart_postgres(self) -> None:
        # Whoever was about to say how its job ended cannot, and lets the lease run out.
        self._fleet.interruptions += SIZE
        self._site.stack.restart("postgres")

    def _cancel(self, fault: plan.Fault) -> Undo | None:
        jobs = self._site.rows(
            # Nobody has a button for what is made anew in the background.
            "select id::text from processing_job where owner_id = %s and standing = ''"
            " and state in ('waiting', 'running') order by created_at, id",
            self._person.id,
        )
        if not jobs:
            return None
        (job,) = jobs[int(fault.chance * len(jobs))]
        self._person.ask("POST", f"jobs/{job}/cancellation")
        return lambda: self._person.ask("POST", f"jobs/{job}/retry")


def lose_messages(site: Site) -> int:
    """Have the broker forget what waits for a worker; how many of its lists."""
    queues = site.queues()
    return int(site.broker.delete(*queues)) if queues else 0


def _victim(fault: plan.Fault) -> int:
    return int(fault.chance * SIZE)
