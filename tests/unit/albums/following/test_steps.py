"""What an album does about a file, by what it knew and what is there now."""

from dataclasses import dataclass

import pytest

from albums.following.files import Picture
from albums.following.steps import Do, steps


@dataclass
class Known:
    name: str = "sea.jpg"
    sha256: str = "a"
    is_there: bool = True


def found(name="sea.jpg", sha256="a"):
    return Picture("e", name, sha256, 0)


@pytest.mark.parametrize(
    ("known", "now", "done"),
    [
        (None, None, []),
        (None, found(), [Do.ADD]),
        (Known(), found(), []),
        (Known(), None, [Do.TAKE_AWAY]),
        (Known(), found("beach.jpg"), [Do.NAME]),
        (Known(), found(sha256="b"), [Do.REPLACE]),
        (Known(), found("beach.jpg", "b"), [Do.NAME, Do.REPLACE]),
        (Known(is_there=False), None, []),
        (Known(is_there=False), found(), [Do.BRING_BACK]),
        (Known(is_there=False), found(sha256="b"), [Do.BRING_BACK, Do.REPLACE]),
    ],
)
def test_each_history_has_its_steps(known, now, done):
    assert list(steps(known, now)) == done
