"""Everything that goes wrong in a data centre, done to a running stack while it works.

Each fault at random moments of much work (see `chaos`, and `computers` for those that sync), and
some alone, to see exactly what they cost. CHAOS_SEED=7 does the rounds of one seed,
CHAOS_ROUNDS=20 so many with seeds of their own. The name of a test that fails has its seed in it.
"""

import os
import random
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from tests.journeys.chaos import batch, fleet, plan, rounds
from tests.journeys.chaos.faults import LANES, lose_messages
from tests.journeys.chaos.invariants import Made
from tests.journeys.chaos.plan import Scene
from tests.journeys.chaos.site import Person, Site, newcomer, running_site, until
from tests.journeys.computers import rounds as computers
from tests.remote import upload

# What every run does, in a minute or so on a quiet machine; `make soak` does all others.
SEEDS = [1]
PHOTOS = ("gps.jpg", "orientation-6.jpg", "display-p3.jpg", "photo.png")

pytestmark = [
    pytest.mark.timeout(500),
    pytest.mark.xdist_group("site"),
]


def seeds() -> list[int]:
    if seed := os.environ.get("CHAOS_SEED"):
        return [int(seed)]
    if how_many := os.environ.get("CHAOS_ROUNDS"):
        return random.SystemRandom().sample(range(10**9), int(how_many))
    return SEEDS


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture(scope="module")
def calm(site: Site) -> Callable[[Scene], Made]:
    """What is made in a scene when nothing fails."""

    @cache
    def made(scene: Scene) -> Made:
        made = rounds.live(site, scene, f"calm-{scene.name.lower()}", [])
        ENOUGH[scene](made)
        return made

    return made


def check_batch(made: Made) -> None:
    assert {name for name, *_ in made.items} == set(batch.files())
    assert made.state_of(batch.VIDEO) == "ready"
    assert len(made.tracks) == 3
    originals = {sha256(content).hexdigest() for content in batch.files().values()}
    assert originals <= set(made.archive.values())


def check_library(made: Made) -> None:
    assert {name for name, *_ in made.items} == {*batch.library(), "Summer.mp4"}
    assert made.state_of("Summer.mp4") == "ready"
    copies = {name for name, recipe, *_ in made.renditions if recipe == "copy"}
    assert copies == set(batch.PLACED)


ENOUGH = {Scene.BATCH: check_batch, Scene.LIBRARY: check_library}


@pytest.fixture
def workers(tmp_path: Path) -> "Workers":
    return Workers(tmp_path)


class Workers:
    """A fleet that comes when the photos are there."""

    def __init__(self, folder: Path) -> None:
        self.scratch, self.log = folder / "scratch", folder / "workers.log"
        self.scratch.mkdir()

    def do_all(self, site: Site, person: Person) -> None:
        with fleet.at_work(site.stack.env, self.scratch, self.log):
            until(lambda: states(site, person) == {"done"}, "the end of all jobs")


def states(site: Site, person: Person) -> set[str]:
    jobs = site.rows("select state from processing_job where owner_id = %s", person.id)
    return {state for (state,) in jobs}


def with_photos(site: Site, name: str) -> Person:
    """Somebody whose photos wait for a worker."""
    person = newcomer(site, name)
    for photo in PHOTOS:
        upload(person.api, batch.files()[photo], name=photo)
    return person


@pytest.mark.parametrize("seed", seeds(), ids="CHAOS_SEED={}".format)
def test_nothing_is_lost_or_doubled_whatever_fails_and_whenever(
    site: Site, calm: Callable[[Scene], Made], seed: int
):
    scene = plan.scene(seed)

    made = rounds.live(site, scene, f"seed-{seed}", plan.faults(seed))

    assert made == calm(scene)


@pytest.mark.parametrize("seed", seeds(), ids="CHAOS_SEED={}".format)
def test_three_computers_lose_nothing_whatever_is_killed_and_whenever(site: Site, seed: int):
    computers.live(site, seed)


def test_jobs_whose_messages_were_lost_are_done(site: Site, workers: Workers):
    person = with_photos(site, "alice")

    assert lose_messages(site) > 0

    workers.do_all(site, person)


def test_messages_too_many_change_nothing(site: Site, workers: Workers):
    person = with_photos(site, "bob")
    workers.do_all(site, person)
    query = "select id, attempts, ended_at from processing_job where owner_id = %s order by id"
    before = site.rows(query, person.id)

    for lane in LANES:
        for _ in PHOTOS:
            site.ring(lane)
    another = with_photos(site, "carol")
    workers.do_all(site, another)

    assert site.rows(query, person.id) == before
    assert {attempts for _, attempts, _ in site.rows(query, another.id)} == {1}


def test_an_outage_of_s3_is_waited_out_and_is_no_attempt(site: Site, workers: Workers):
    person = with_photos(site, "dora")
    query = "select attempts, setbacks from processing_job where owner_id = %s"

    site.store.refuse()
    with fleet.at_work(site.stack.env, workers.scratch, workers.log):
        until(lambda: all(set_back for _, set_back in site.rows(query, person.id)), "setbacks")
        site.store.relent()
        until(lambda: states(site, person) == {"done"}, "the end of all jobs")

    assert {attempts for attempts, _ in site.rows(query, person.id)} == {1}
    assert site.store.refusals > 0
