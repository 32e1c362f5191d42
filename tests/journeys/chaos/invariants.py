"""What must hold at the end of a round, whatever happened in it."""

import hashlib
import io
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import Any

import av
from PIL import Image

from mediashare.embedded.home import PROJECT
from tests.journeys.chaos import batch
from tests.journeys.chaos.fleet import Fleet
from tests.journeys.chaos.site import Person, Site

# Which bytes the rows of one track name: [file, offset, length, seconds] each.
Segments = list[tuple[str, int, int, float]]


@dataclass(frozen=True)
class Made:
    """What was made of a batch: the same in every round, with or without faults.

    `items` by name; the others say of which item's. `archive` has the digest of each file.
    """

    items: list[tuple[str, str, str]]
    jobs: list[tuple[str, str, str, str]]
    renditions: list[tuple[str, str, int, int, str]]
    tracks: list[tuple[str, str, int, int, int, float]]
    archive: dict[str, str]

    def state_of(self, name: str) -> str:
        return next(state for item, _, state in self.items if item == name)


def check_workers(fleet: Fleet) -> None:
    """Nothing of them runs, and nothing of theirs lies about."""
    assert fleet.processes() == []
    assert list(fleet.scratch.iterdir()) == []


def check_words(said: str) -> None:
    """Whatever goes wrong in a round is known to go wrong: it is waited out, or is no attempt."""
    surprises = [line for line in said.splitlines() if "job_surprised" in line]
    assert surprises == []


def check_jobs(site: Site, person: Person, interruptions: int) -> None:
    """All ended, only the broken file badly, and little was done twice."""
    jobs = site.rows(
        "select kind, part, state, attempts, reason, detail from processing_job"
        " where owner_id = %s order by kind, part",
        person.id,
    )
    assert {state for _, _, state, *_ in jobs} == {"done", "failed"}
    failed = [job for job in jobs if job[2] == "failed"]
    assert len(failed) == 1, failed
    assert failed[0][0] == "prepare"
    assert failed[0][4], "It failed, and nobody is told why."
    again = sum(attempts - 1 for _, _, _, attempts, *_ in jobs)
    assert again <= interruptions, (
        f"{again} jobs were lost in {interruptions} interruptions: {jobs}"
    )


def check_store(site: Site, person: Person) -> None:
    """Objects and rows agree, nothing half is left over, and the quota is exact."""
    _end_the_day(site)
    assert site.objects(site.renditions) == _named(site)
    originals = dict(site.rows("select key, size_bytes from storage_blob"))
    assert site.objects(site.originals, but="journals/") == originals
    assert site.multiparts(site.renditions) == []
    assert site.multiparts(site.originals) == []
    used = site.one("select sum(size_bytes) from storage_blob where owner_id = %s", person.id)
    quota = site.rows(
        "select used_bytes, reserved_bytes from accounts_user where id = %s", person.id
    )
    assert quota == [(used, 0)]


def what_was_made(site: Site, person: Person) -> Made:
    """Everything, each of it looked into: pictures open, videos play, the archive is whole."""
    made = _Rows(site, person)
    return Made(
        items=made.of("x.kind, x.state", "albums_item"),
        jobs=made.of("x.kind, x.part, x.state", "processing_job"),
        renditions=[
            (name, recipe, width, height, _look_at(site.read(key), content_type, (width, height)))
            for name, recipe, width, height, content_type, key in made.of(
                "recipe, x.width, x.height, x.content_type, x.key", "processing_rendition"
            )
        ],
        tracks=[
            (name, track, width, height, *_play(site, original, prefix, segments, is_sound))
            for name, track, is_sound, width, height, original, prefix, segments in made.of(
                "x.name, x.name = 'audio', x.width, x.height, b.key, prefix, segments",
                "processing_track",
            )
        ],
        archive=_unpack(site, person),
    )


class _Rows:
    """Rows of what somebody's items are and have, each with its item's name in front."""

    def __init__(self, site: Site, person: Person) -> None:
        self._site, self._person = site, person

    def of(self, columns: str, table: str) -> list[tuple[Any, ...]]:
        return self._site.rows(
            f"select i.name, {columns} from albums_item i join storage_blob b on b.id = i.blob_id"
            f" join {table} x on x.blob_id = b.id"
            " where i.owner_id = %s and i.name <> %s order by 1, 2, 3",
            *(self._person.id, batch.ONE_MORE),
        )


def _end_the_day(site: Site) -> None:
    """What the sweeps remove of strays, a day later."""
    command = [sys.executable, "-m", "tests.journeys.chaos.tomorrow"]
    subprocess.run(command, env=site.stack.env, cwd=PROJECT, check=True)


def _named(site: Site) -> dict[str, int]:
    """The objects that rows name, with the sizes that rows say."""
    named = dict(site.rows("select key, size_bytes from processing_rendition"))
    for prefix, size, segments in site.rows(
        "select prefix, size_bytes, segments from processing_track"
    ):
        sizes = _file_sizes(segments)
        # Heads of later pieces are not played, and not counted.
        assert sum(sizes.values()) >= size
        named |= {prefix + file: size for file, size in sizes.items()}
    archives = site.rows("select id from archives_archive where ready_at is not null")
    whole = site.objects(site.renditions)
    return named | {key: whole[key] for (pk,) in archives for key in [f"archives/{pk}/archive.zip"]}


def _file_sizes(segments: Segments) -> dict[str, int]:
    """A file ends where its last segment does."""
    sizes: dict[str, int] = {}
    for file, offset, length, _ in segments:
        sizes[file] = max(sizes.get(file, 0), offset + length)
    return sizes


def _unpack(site: Site, person: Person) -> dict[str, str]:
    """The digest of each original in the one archive that somebody asked for."""
    query = "select id from archives_archive where owner_id = %s and ready_at is not null"
    content = site.read(f"archives/{site.one(query, person.id)}/archive.zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = [name for name in archive.namelist() if not name.endswith(".json")]
        assert len(set(names)) == len(names)
        return {name: _digest(archive.read(name)) for name in names}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _look_at(content: bytes, content_type: str, size: tuple[int, int]) -> str:
    """Open a rendition; of what is no picture or film, its digest."""
    if content_type == "application/octet-stream":
        return _digest(content)
    if content_type.startswith("image/"):
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
            assert picture.size == size
    else:
        with av.open(io.BytesIO(content), "r") as video:
            frames = list(video.decode(video=0))
            assert {(frame.width, frame.height) for frame in frames} == {size}
    return ""


def _play(
    site: Site, original: str, prefix: str, segments: Segments, is_sound: bool
) -> tuple[int, float]:
    """How many frames a track has and how long it is, decoded from end to end.

    Its pictures are those of the original, none lost, doubled or at another time.
    """
    files = {file: site.read(prefix + file) for file, *_ in segments}
    whole = b"".join(files[file][offset : offset + length] for file, offset, length, _ in segments)
    times = _frame_times(whole, is_sound)
    if not is_sound:
        wanted = _frame_times(site.read(original, bucket=site.originals), is_sound)
        assert len(times) == len(wanted), f"{prefix} has {len(times)} frames of {len(wanted)}."
        off = max(abs(time - want) for time, want in zip(times, wanted, strict=True))
        assert off < 0.01, f"{prefix}: a frame is {off} s beside its time."
    return len(times), round(times[-1], 2)


def _frame_times(content: bytes, is_sound: bool) -> list[float]:
    with av.open(io.BytesIO(content), "r") as stream:
        frames: Any = stream.decode(audio=0) if is_sound else stream.decode(video=0)
        return [frame.time for frame in frames]
