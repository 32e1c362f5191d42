"""A plan of the part that differs is the plan of everything."""

from itertools import count
from random import Random

import pytest

from sync.planner import plan as planning
from sync.planner.focus import focused
from sync.planner.plan import Terms, plan
from sync.planner.tree import ROOT, Content, Entry, Kind, Place
from tests.unit.sync.world import Device, Service


def planned(trees):
    numbers = count()
    base, local, remote = trees
    return plan(base, local, remote, Terms(lambda: f"new-{next(numbers):04}", "by alice"))


def grown(seed):
    """Two devices that have much in common, and have gone apart a little."""
    random = Random(seed)
    service = Service()
    alice, bob = (Device(name, service, random) for name in ("alice", "bob"))
    for _ in range(80):
        alice.add()
    for device in (alice, bob, alice):
        device.sync()
    for _ in range(random.randint(1, 5)):
        alice.disturb()
        bob.disturb()
    bob.sync()
    return alice.base, alice.local, service.entries


@pytest.mark.parametrize("part", range(4))
def test_the_same_plan_comes_of_the_part_that_differs(part, monkeypatch):
    smaller = 0
    for seed in range(part, 400, 4):
        trees = grown(seed)
        of_a_part = planned(trees)
        with monkeypatch.context() as whole:
            whole.setattr(planning, "focused", lambda base, local, remote, _: (base, local, remote))
            of_everything = planned(trees)

        assert of_a_part == of_everything, f"seed {seed}"
        smaller += len(focused(*trees)[0]) < len(trees[0])

    assert smaller > 50


def test_of_a_large_tree_with_one_edit_hardly_anything_is_looked_at():
    tree = {f"f{n}": Entry(Kind.FOLDER, Place(ROOT, f"{n}")) for n in range(100)}
    for n in range(10_000):
        tree[f"n{n}"] = Entry(Kind.FILE, Place(f"f{n % 100}", f"{n}"), Content("old", 1))
    edited = tree | {"n7": Entry(Kind.FILE, Place("f7", "7"), Content("new", 1))}

    base, local, remote = focused(tree, edited, tree)

    assert len(base) == len(local) == len(remote) == 200


def test_folders_that_are_in_one_another_come_to_an_end():
    """As only records that miss a line say; the planted fault that makes them looped for ever."""
    ring = {one: Entry(Kind.FOLDER, Place(other, one)) for one, other in (("a", "b"), ("b", "a"))}

    assert focused({}, {}, ring) == ({}, {}, ring)
