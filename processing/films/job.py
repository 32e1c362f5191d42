"""Make a film of many blobs and store it as a new upload of its owner's.

Only what this service made is put into it: pictures, pieces of streams, sound. Who asked for
the film makes a blob of the upload, in the transaction that ends the job.
"""

from collections.abc import Callable
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from mediashare.aws import s3
from mediashare.storage import actions as storage
from mediashare.storage import sending
from mediashare.storage.models import Blob, Upload
from processing import leftovers, run
from processing.lease import Lease
from processing.models import Job, Rendition, Track
from processing.reasons import NO_ROOM_FOR_FILM, NOTHING_FOR_FILM, Refused
from processing.recipes import film

CONTENT_TYPE = "video/mp4"
# The frame, and what the camera leaves out at its nearest.
WIDE_ENOUGH = round(film.SIZE[0] / film.NEAREST)
SOUND = "audio"


def make(job: Job, folder: Path, lease: Lease) -> Callable[[], None]:
    """Compose the film and send it to the originals.

    The job's result names the upload and its SHA-256. Raises Refused when there is nothing to show
    or no room left, and what `processing.run.call` raises.
    """
    wish = job.arguments
    sources = _sources(job, folder, lease)
    if not sources:
        raise Refused(NOTHING_FOR_FILM)
    made, progress = folder / "film.mp4", folder / "progress"
    run.call(
        _compose,
        *(sources, wish["title"], _music(job, folder), str(made), str(progress)),
        limits=_limits(),
        check=partial(_check, lease, progress),
    )
    try:
        name = f"{wish['title'] or 'Film'}.mp4"
        file = sending.wish_for(made, name=name, content_type=CONTENT_TYPE)
        sent = sending.send(made, owner=job.owner, wish=file, check=lease.check, now=timezone.now())
    except (storage.QuotaExceeded, storage.TooLarge, storage.TooManyOpen) as problem:
        raise Refused(NO_ROOM_FOR_FILM, str(problem)) from problem
    leftovers.note(sent.key)
    return partial(_write_down, job, sent)


def _compose(sources: Any, title: str, music: str, made: str, progress: str) -> Any:
    """In the child: MoviePy costs a second to import, and no other child needs it."""
    from processing.films.frames import make_film  # noqa: PLC0415

    return make_film(sources, title=title, music=music, made=made, progress=progress)


def _limits() -> run.Limits:
    return run.Limits(
        wall_seconds=settings.FILM_MAX_SECONDS,
        cpu_seconds=settings.FILM_MAX_SECONDS * 4,
        file_bytes=8 * run.GIBIBYTE,
        open_files=256,
        niceness=10,
    )


def _check(lease: Lease, progress: Path) -> None:
    lease.check()
    if progress.exists():
        # Empty for a moment while it is written.
        lease.note_progress(int(progress.read_text() or 0))


def _write_down(job: Job, sent: Upload) -> None:
    job.result = {"upload": str(sent.pk), "sha256": sent.sha256}
    job.save(update_fields=["result"])


def _sources(job: Job, folder: Path, lease: Lease) -> list[dict[str, Any]]:
    """What can be shown of what was asked for, in its order; each is fetched."""
    wanted = Blob.objects.filter(owner=job.owner, pk__in=job.arguments["blobs"])
    known = wanted.prefetch_related("renditions", "tracks").in_bulk()
    found = {str(pk): blob for pk, blob in known.items()}
    sources = []
    for number, pk in enumerate(job.arguments["blobs"]):
        lease.check()
        if pk in found:
            sources += _source(found[pk], folder, f"scene-{number}", job.arguments["photo_seconds"])
    return sources


def _source(blob: Blob, folder: Path, name: str, seconds: float) -> list[dict[str, Any]]:
    tracks = {track.name: track for track in blob.tracks.all()}
    pictures = [track for track in tracks.values() if track.height]
    if pictures:
        best = _best(pictures)
        # What was made of it: files say other lengths than they have, or none.
        lasting = film.clip_seconds(sum(segment[3] for segment in best.segments))
        clip = {"clip": _fetch_track(best, lasting, folder / f"{name}.mp4")}
        if SOUND in tracks:
            clip["sound"] = _fetch_track(tracks[SOUND], lasting, folder / f"{name}.m4a")
        return [{**clip, "seconds": lasting}]
    images = [one for one in blob.renditions.all() if one.role == Rendition.Role.IMAGE]
    images.sort(key=lambda image: image.width)
    wide = [image for image in images if image.width >= WIDE_ENOUGH] or images[-1:]
    if not wide:
        return []
    return [{"picture": _fetch(wide[0].key, folder / f"{name}.jpg"), "seconds": seconds}]


def _best(pictures: list[Track]) -> Track:
    """The largest that the frame has use for, or the smallest there is."""
    pictures.sort(key=lambda track: track.height)
    fitting = [one for one in pictures if min(one.width, one.height) <= film.SIZE[1]]
    return fitting[-1] if fitting else pictures[0]


def _music(job: Job, folder: Path) -> str:
    """The playable sound of the owner's file, or nothing."""
    sounds = Rendition.objects.filter(
        blob_id=job.arguments.get("music"), blob__owner=job.owner, role=Rendition.Role.AUDIO
    )
    sound = sounds.first()
    return _fetch(sound.key, folder / "music.m4a") if sound else ""


def _fetch(key: str, to: Path) -> str:
    with to.open("wb") as file:
        for chunk in s3.open_range(bucket=settings.RENDITIONS_BUCKET, key=key):
            file.write(chunk)
    return str(to)


def _fetch_track(track: Track, seconds: float, to: Path) -> str:
    """The beginning of a track as a file of its own: its head, and pieces until it is enough."""
    ends = accumulate(piece[3] for piece in track.segments)
    with to.open("wb") as file:
        for (name, offset, length, lasting), end in zip(track.segments, ends, strict=True):
            if end - lasting >= seconds:
                break
            key = track.prefix + name
            last = offset + length - 1
            for chunk in s3.open_range(
                bucket=settings.RENDITIONS_BUCKET, key=key, first=offset, last=last
            ):
                file.write(chunk)
    return str(to)
