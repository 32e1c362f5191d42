"""One round: a person wants much done, workers come, faults happen, and in the end all is well."""

import heapq
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from tests.journeys.chaos import batch, fleet, invariants, plan, wishes
from tests.journeys.chaos.faults import Trouble, Undo
from tests.journeys.chaos.site import Person, Site, folder_of, newcomer, until
from tests.remote import upload

GLANCE_SECONDS = 0.05
# A folder that was made just now is nobody's to clear away; see `processing.scratch`.
SCRATCH_IS_NEW_SECONDS = 11
SAID_LENGTH = 60_000


def live(site: Site, scene: plan.Scene, name: str, faults: Sequence[plan.Fault]) -> invariants.Made:
    """A round with these faults; what was made in it. Raises AssertionError."""
    person = newcomer(site, name)
    _BEGINNINGS[scene](site, person)
    said = site.stack.home / f"workers-{name}.log"
    try:
        _work(site, person, faults, said)
        return invariants.what_was_made(site, person)
    except Exception as error:
        error.add_note(f"{name}; the workers said:\n{said.read_text()[-SAID_LENGTH:]}")
        raise


def _begin_with_a_batch(site: Site, person: Person) -> None:
    items = _upload(person, batch.files())
    person.ask("POST", "archives", json={"kind": "selection", "items": [*items.values()]})


def _begin_with_a_library(site: Site, person: Person) -> None:
    items = _upload(person, batch.library())
    said = site.stack.home / f"workers-before-{person.id}.log"
    with fleet.at_work(site.stack.env, folder_of(site, f"scratch-before-{person.id}"), said):
        until(lambda: _has_ended(site, person), "the library")
    wishes.ask_for_all(site, person, items)


_BEGINNINGS = {
    plan.Scene.BATCH: _begin_with_a_batch,
    plan.Scene.LIBRARY: _begin_with_a_library,
}


def _upload(person: Person, files: Mapping[str, bytes]) -> dict[str, str]:
    """Bring files in; the ids of their items, by name."""
    return {name: upload(person.api, content, name=name)["id"] for name, content in files.items()}


def _work(site: Site, person: Person, faults: Sequence[plan.Fault], said: Path) -> None:
    scratch = folder_of(site, f"scratch-{person.id}")
    with fleet.at_work(site.stack.env, scratch, said) as workers:
        _suffer(site, person, Trouble(site, workers, person), faults, said)
        until(lambda: _has_ended(site, person), "the end of all jobs")
        _tidy_up_after_the_dead(site, person, workers)
        workers.stop()
        invariants.check_workers(workers)
    invariants.check_words(said.read_text())
    invariants.check_jobs(site, person, workers.interruptions)
    invariants.check_store(site, person)


def _suffer(
    site: Site, person: Person, trouble: Trouble, faults: Sequence[plan.Fault], said: Path
) -> None:
    """Do all faults while there is work. What lasts ends by itself, also beyond the last fault."""
    undo: list[tuple[float, int, Undo]] = []
    order = count()
    try:
        for number, fault in enumerate(faults):
            _wait(fault.after_seconds, undo)
            until(lambda: _is_at_work(site, person) or _has_ended(site, person), "work")
            if _has_ended(site, person):
                # A fast machine may be done before all of them.
                assert number >= len(faults) / 2, f"There was too little to do for {fault}."
                break
            _note(said, fault)
            if undoing := trouble.make(fault):
                heapq.heappush(undo, (time.monotonic() + fault.lasts_seconds, next(order), undoing))
    finally:
        _wait(max([each[0] for each in undo], default=0) - time.monotonic(), undo)


def _note(said: Path, fault: plan.Fault) -> None:
    """Say in the workers' own log what is done to them."""
    with said.open("a") as log:
        log.write(f"{datetime.now(UTC):%FT%T.%f}Z [fault] {fault}\n")


def _wait(seconds: float, undo: list[tuple[float, int, Undo]]) -> None:
    """Let time pass, and what lasts end when it is time."""
    ends_at = time.monotonic() + seconds
    while True:
        now = time.monotonic()
        while undo and undo[0][0] <= now:
            heapq.heappop(undo)[2]()
        if now >= ends_at:
            return
        time.sleep(GLANCE_SECONDS)


def _is_at_work(site: Site, person: Person) -> bool:
    return _count(site, person, "state = 'running'") > 0


def _has_ended(site: Site, person: Person) -> bool:
    """Nothing is left to do, nor to be done anew."""
    is_old = "kind = 'prepare' and state in ('done', 'failed') and version = 0"
    return _count(site, person, f"(state in ('waiting', 'running') or {is_old})") == 0


def _count(site: Site, person: Person, which: str) -> int:
    counted: int = site.one(
        f"select count(*) from processing_job where owner_id = %s and {which}", person.id
    )
    return counted


def _tidy_up_after_the_dead(site: Site, person: Person, workers: fleet.Fleet) -> None:
    """A killed worker's folder is cleared away when the next job begins on its machine."""
    left = [folder.stat().st_mtime for folder in workers.scratch.iterdir()]
    if left:
        time.sleep(max(0, max(left) + SCRATCH_IS_NEW_SECONDS - time.time()))
        upload(person.api, batch.one_more(), name=batch.ONE_MORE)
        until(lambda: _has_ended(site, person), "the end of one more job")
