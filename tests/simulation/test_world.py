"""Whatever fails, all devices are the same in the end, and nothing is lost that nobody gave up."""

import hashlib
import os
import subprocess
import sys

import pytest

from tests.simulation.mutations import MUTATIONS, ROOT
from tests.simulation.world import play

SEEDS = int(os.environ.get("SIMULATION_SEEDS", "2000"))
FIRST = int(os.environ.get("SIMULATION_FIRST", "0"))
# Worlds that found a fault, and what it was.
NAMED = {
    200: "own changes that a restored service lacks were taken for heard",
    402: "a new file took the place of a folder in the records, and what was in it was in none",
    577: "an edit was lost, since what replaced it for a moment was removed by somebody",
    676: "a restored service had given the number of the cursor to another change",
    823: "names that were seen, and that a power cut took away, looked like deletions",
    1093: "a folder that went while it was looked at took the look with it",
    3059: "an edit was lost, since another came while it was given back",
    4555: "an edit was lost, since the client was killed before it could give it back",
    20654: "a new file took the record of what was seen at its place, and two had one",
}
# Parts, so that several processes can share them, and none takes long on a slow machine.
PARTS = 40


@pytest.mark.parametrize("part", range(PARTS))
def test_all_devices_agree_and_nothing_is_lost(part):
    for seed in range(FIRST + part, FIRST + SEEDS, PARTS):
        try:
            play(seed)
        except BaseException as error:
            error.add_note(f"play({seed}) of tests.simulation.world shows it again")
            raise


@pytest.mark.parametrize("seed", NAMED, ids="seed={}".format)
def test_what_once_went_wrong_goes_well(seed):
    play(seed)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name)
def test_every_planted_fault_has_its_place(mutation):
    assert (ROOT / mutation.file).read_text().count(mutation.right) == 1


def test_a_seed_gives_the_same_world_in_every_process():
    def told(hash_seed):
        return subprocess.run(
            [sys.executable, "-m", "tests.simulation.test_world"],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout

    first = told("1")

    assert first.count("\n") == len(TRACED)
    assert told("2") == first


TRACED = range(40)

if __name__ == "__main__":
    for seed in TRACED:
        sys.stdout.write(hashlib.sha256("\n".join(play(seed).trace).encode()).hexdigest() + "\n")
