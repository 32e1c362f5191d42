"""What must hold at the end of a round, whatever happened in it."""

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
    """What was made of a batch: the same in every round, with or without faults."""

    items: dict[str, tuple[str, str]]
    jobs: list[tuple[str, str, str, str]]
    renditions: list[tuple[str, str, int, int]]
    tracks: list[tuple[str, int, int, int, float]]


def check_workers(fleet: Fleet) -> None:
    """Nothing of them runs, and nothing of theirs lies about."""
    assert fleet.processes() == []
    assert list(fleet.scratch.iterdir()) == []


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
    assert site.objects(site.originals) == originals
    assert site.multiparts(site.renditions) == []
    assert site.multiparts(site.originals) == []
    used = site.one("select sum(size_bytes) from storage_blob where owner_id = %s", person.id)
    quota = site.rows(
        "select used_bytes, reserved_bytes from accounts_user where id = %s", person.id
    )
    assert quota == [(used, 0)]


def what_was_made(site: Site, person: Person, archive: str) -> Made:
    """Everything, each of it looked into: pictures open, videos play, the archive is whole."""
    _check_archive(site.read(f"archives/{archive}/archive.zip"))
    of_owner = (
        "select i.name, {} from albums_item i join {} x on x.blob_id = i.blob_id"
        f" where i.owner_id = '{person.id}' and i.name <> '{batch.ONE_MORE}' order by 1, 2, 3"
    )
    renditions = site.rows(
        of_owner.format("recipe, x.width, x.height, x.content_type, key", "processing_rendition")
    )
    for _, _, width, height, content_type, key in renditions:
        _check_rendition(site.read(key), content_type, (width, height))
    tracks = site.rows(
        of_owner.format("x.name, x.width, x.height, prefix, segments", "processing_track")
    )
    items = site.rows(
        "select name, kind, state from albums_item where owner_id = %s and name <> %s",
        *(person.id, batch.ONE_MORE),
    )
    return Made(
        items={name: (kind, state) for name, kind, state in items},
        jobs=site.rows(of_owner.format("x.kind, x.part, x.state", "processing_job")),
        renditions=[tuple(each[:4]) for each in renditions],
        tracks=[
            (name, width, height, *_play(site, prefix, segments, is_sound=name == "audio"))
            for _, name, width, height, prefix, segments in tracks
        ],
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


def _check_archive(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        inside = {name: archive.read(name) for name in archive.namelist()}
    for name, original in batch.files().items():
        assert original in inside.values(), f"{name} is not in the archive."


def _check_rendition(content: bytes, content_type: str, size: tuple[int, int]) -> None:
    if content_type.startswith("image/"):
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
            assert picture.size == size
        return
    with av.open(io.BytesIO(content), "r") as video:
        frames = list(video.decode(video=0))
        assert {(frame.width, frame.height) for frame in frames} == {size}


def _play(site: Site, prefix: str, segments: Segments, *, is_sound: bool) -> tuple[int, float]:
    """How many frames a track has and how long it is, decoded from end to end without a gap."""
    files = {file: site.read(prefix + file) for file, *_ in segments}
    whole = b"".join(files[file][offset : offset + length] for file, offset, length, _ in segments)
    with av.open(io.BytesIO(whole), "r") as stream:
        frames: list[Any] = list(stream.decode(audio=0) if is_sound else stream.decode(video=0))
    times = [frame.time for frame in frames]
    if not is_sound:
        wanted = [number / batch.FRAME_RATE for number in range(batch.FRAMES)]
        assert len(times) == len(wanted), f"{prefix} has {len(times)} frames of {len(wanted)}."
        off = max(abs(time - want) for time, want in zip(times, wanted, strict=True))
        assert off < 0.01, f"{prefix}: a frame is {off} s beside its time."
    return len(times), round(times[-1], 2)
