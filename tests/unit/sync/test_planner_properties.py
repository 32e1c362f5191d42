"""Whatever people do on some devices, and however syncing is interrupted: all agree in the end.

As Dropbox tests its planner (CanopyCheck): one common tree, disturbed on each device, then plans
whose steps are done in any order, in part, or overtaken by the others', until nothing is left.
"""

import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.planner.disk import MACOS, held
from sync.planner.names import is_parked
from sync.planner.plan import Terms
from sync.planner.tree import Kind, path_of
from tests.unit.sync.world import Device, Service, contents

EXAMPLES = int(os.environ.get("PLANNER_EXAMPLES", "20000"))
MOST_ROUNDS = 40
# Parts of the longest property, so that several processes can share it. Each has seeds of its own.
PARTS = 5
SEEDS = st.integers(0, 2**64 - 1)


def examples(share):
    """Settings for a property that gets a part of all examples."""
    return settings(
        max_examples=round(EXAMPLES * share),
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("part", range(PARTS))
@examples(0.7 / PARTS)
@given(seed=SEEDS, how_many=st.integers(2, 3))
def test_all_devices_agree_and_nothing_is_lost(part, seed, how_many):
    random = Random(seed * PARTS + part)
    service = Service()
    devices = [Device(f"device {number}", service, random) for number in range(how_many)]
    in_common(devices, random)

    made = live(devices, random)
    settle(devices)

    for device in devices:
        assert device.local == device.base == service.entries
    assert made - service.retired <= contents(service.entries)
    assert not any(is_parked(entry.place.name) for entry in service.entries.values())


def by_path(tree):
    """What is where, whatever it is known by: what was put back is what was taken away."""
    return {path_of(tree, each): (entry.kind, entry.content) for each, entry in tree.items()}


@examples(0.1)
@given(SEEDS)
def test_what_only_one_device_did_comes_to_all_as_it_is(seed):
    random = Random(seed)
    service = Service()
    alice, bob = (Device(name, service, random) for name in ("alice", "bob"))
    in_common([alice, bob], random)
    for _ in range(random.randint(0, 8)):
        alice.disturb()
    wanted = by_path(alice.local)

    assert all(alice.do(step) for step in alice.look().steps)
    settle([bob, alice])

    assert alice.local == bob.local == service.entries
    assert by_path(alice.local) == wanted


@examples(0.1)
@given(SEEDS)
def test_a_device_that_lost_its_records_sends_and_fetches_nothing_again(seed):
    random = Random(seed)
    service = Service()
    alice = Device("alice", service, random)
    in_common([alice], random)
    before = dict(service.entries)
    alice.lose_state()

    found = alice.look()
    alice.begin(found)

    assert not found.steps
    assert alice.local == alice.base == service.entries == before


@examples(0.1)
@given(SEEDS)
def test_a_disk_that_cannot_hold_everything_takes_nothing_from_others(seed):
    """Beside two whole copies, one that knows no capitals and leaves out some folders."""
    random = Random(seed)
    service = Service()
    alice, bob = (Device(name, service, random) for name in ("alice", "bob"))
    odd = Device("odd", service, random, Terms(service.new_identity, "by odd", MACOS))
    devices = [alice, bob, odd]
    in_common([alice, bob], random)
    settle(devices)
    folders = [key for key, entry in service.entries.items() if entry.kind == Kind.FOLDER]
    unwanted = frozenset(random.sample(folders, random.randint(0, len(folders))))
    odd.terms = Terms(service.new_identity, "by odd", MACOS, unwanted)

    made = live(devices, random)
    settle(devices)

    assert alice.local == bob.local == service.entries
    assert odd.local == held(service.entries, odd.local, MACOS, unwanted)[0]
    assert known(odd.local) == known(odd.base)
    assert made - service.retired <= contents(service.entries)


def known(tree):
    return {identity: entry.content for identity, entry in tree.items()}


def live(devices, random):
    """Some days of all of them; every content there was."""
    service = devices[0].service
    for _ in range(random.randint(1, 3)):
        for device in devices:
            for _ in range(random.randint(0, 4)):
                device.disturb()
        for device in random.sample(devices, len(devices)):
            sync_badly(device, devices, random)
    return set[str]().union(service.stored, *(contents(each.local) for each in devices))


def in_common(devices, random):
    """A small tree that everybody has."""
    for _ in range(random.randint(0, 10)):
        devices[0].add()
    settle(devices)


def sync_badly(device, devices, random):
    """Some steps of a plan, perhaps in another order, while others do theirs."""
    if random.random() < 0.05:
        device.lose_state()
    found = device.look()
    device.begin(found)
    steps = list(found.steps)
    if random.random() < 0.5:
        random.shuffle(steps)
    for step in steps[: random.randint(0, len(steps))]:
        device.do(step)
        if random.random() < 0.1:
            random.choice(devices).disturb()
        if random.random() < 0.1:
            random.choice(devices).sync()


def settle(devices):
    """Everybody syncs until nobody has anything to do."""
    for _ in range(MOST_ROUNDS):
        if not [device for device in devices if device.sync()]:
            return
    raise AssertionError(f"After {MOST_ROUNDS} rounds: {[each.look() for each in devices]}")
