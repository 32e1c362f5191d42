"""What is known of this project: figures of its benchmarks, and its usual settings.

Read from `docs/performance.md` and `.env.example`, so that a new measurement changes what is
simulated. A figure that is no longer there stops the simulation.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


class FigureMissing(Exception):
    """The page or the file no longer says what the simulation begins with."""


@dataclass(frozen=True)
class Work:
    """What a slot, one core, is busy with, in seconds; of a video for each of its seconds."""

    photo: float
    photo_megapixels: float
    first_rung: float
    whole_ladder: float


@cache
def work() -> Work:
    """From `make bench`: a photo of 12 megapixels on one core; 10 minutes of video by two."""
    rung, ladder = row("10 min of 1080p HEVC until its first rung plays")
    film, cores = 600.0, 2
    return Work(
        photo=1 / row("12-megapixel photos, whole job, clock, one core")[0],
        photo_megapixels=12,
        first_rung=rung * cores / film,
        whole_ladder=ladder * cores / film,
    )


def uploads_per_second() -> float:
    """Small files that one web process takes in."""
    return row("upload of small files")[0]


def row(what: str) -> tuple[float, float]:
    """Our figure and the peer's in a row of the table. Raises FigureMissing."""
    for line in (PROJECT / "docs" / "performance.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == what:
            ours, peers = (cell.split()[0].replace(",", "") for cell in cells[1:3])
            return float(ours), float(peers)
    raise FigureMissing(what)


def setting(name: str) -> float:
    """The usual value of a setting that is a number. Raises FigureMissing."""
    for line in (PROJECT / ".env.example").read_text().splitlines():
        key, _, value = line.partition("=")
        if key == name:
            return float(value)
    raise FigureMissing(name)
