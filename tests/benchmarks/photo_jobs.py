"""Photos through the whole processing tier against programs that only make the pictures.

Ours is a job from claim to done, as in an import of one owner's photos: the original streamed from
S3 and hashed, metadata read, four renditions, placeholder and look made in a guarded child,
renditions stored in S3, rows written, the item's too. The peers read a local file and write the
same four JPEGs, with nothing checked and nothing kept, and are as nice as our children.
Compared is processor time, of this process and its children, in rounds that take turns, so that
a busy neighbour disturbs all alike; what counts is the median of the ratios. The time on the
clock is taken in the same rounds, with this worker, its children and the peers on one core; the
servers are where they like.
"""

import gc
import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from PIL import Image

from albums.actions import add_item
from mediashare.accounts.models import User
from mediashare.embedded.home import PROJECT
from mediashare.storage.models import Blob
from processing import kept, outbox, run, work
from processing.models import Job
from tests.benchmarks.figures import Figure
from tests.remote import s3_client

CHILDREN = resource.RUSAGE_CHILDREN
ROUNDS, PHOTOS, PILLOWS = 5, 20, 3
CORE = 0
SIZE = (4032, 3024)
LARGE = (8000, 6000)
PHOTOGRAPH = PROJECT / "mediashare" / "embedded" / "demo_media" / "tea-gardens-in-the-mist.jpg"
# A program that makes pictures of each file whose name it reads, and says what that cost.
PEER = """
import io, os, sys, time
os.nice({nice})
os.environ.update(VIPS_CONCURRENCY="1")
{make}
for line in sys.stdin:
    cpu, clock = time.process_time(), time.monotonic()
    make(line.strip())
    print(time.process_time() - cpu, time.monotonic() - clock, flush=True)
"""
BARE_LIBVIPS = """
import pyvips
pyvips.cache_set_max(0)
def make(path):
    image = pyvips.Image.thumbnail(path, 2560, height=99_999, size="down", fail_on="truncated")
    for width in (2560, 1280, 640, 320):
        if width != 2560:
            image = image.thumbnail_image(width, height=99_999, size="down")
        image = image.copy_memory()
        image.jpegsave(f"{path}-{width}.jpg", Q=82, keep="none")
"""
# As a web page on Pillow would tell: upright, in sRGB, each size from the full picture.
IDIOMATIC_PILLOW = """
from PIL import Image, ImageCms, ImageOps
def make(path):
    with Image.open(path) as image:
        profile = image.info.get("icc_profile")
        image = ImageOps.exif_transpose(image)
        if profile:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))
        image = image.convert("RGB")
        for width in (2560, 1280, 640, 320):
            size = (width, round(image.height * width / image.width))
            small = image.resize(size, Image.Resampling.LANCZOS)
            small.save(f"{path}-{width}.jpg", "JPEG", quality=82)
"""


# One worker's job in a process of its own, and the MiB that it and its child held at most.
ONE_JOB = """
import re, resource
import mediashare.celery, django
django.setup()
from processing import kept, work
work.do_next("interactive")
kept.let_go()
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


class _Cost(NamedTuple):
    """Seconds for one photo: of the processor, and on the clock."""

    cpu: float
    clock: float


class _Round(NamedTuple):
    ours: _Cost
    bare: _Cost
    pillow: _Cost


def measure() -> list[Figure]:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {CORE})
    # As in a worker (`mediashare.celery`).
    gc.freeze()
    try:
        rounds = list(_rounds())
    finally:
        os.sched_setaffinity(0, allowed)
    bare = "bare libvips, file to four files"
    pillow = "idiomatic Pillow, file to the same four files"
    return [
        _figure("processor", bare, [(each.ours.cpu, each.bare.cpu) for each in rounds]),
        _figure("processor", pillow, [(each.ours.cpu, each.pillow.cpu) for each in rounds]),
        _figure("clock, one core", bare, [(each.ours.clock, each.bare.clock) for each in rounds]),
        _memory(),
    ]


def _figure(kind: str, peer: str, seconds: list[tuple[float, float]]) -> Figure:
    ours = statistics.median(each for each, _ in seconds)
    ratios = [theirs / ours for ours, theirs in seconds]
    spread = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    return Figure(
        f"12-megapixel photos, whole job, {kind}",
        "photos/s",
        1 / ours,
        1 / (ours * statistics.median(ratios)),
        peer,
        f"median of {spread}",
    )


def _rounds() -> Iterator[_Round]:
    photos = [_photo(number) for number in range(PHOTOS)]
    with (
        tempfile.TemporaryDirectory() as folder,
        _peer(BARE_LIBVIPS) as bare,
        _peer(IDIOMATIC_PILLOW) as pillow,
    ):
        paths = []
        for number, photo in enumerate(photos):
            path = Path(folder) / f"{number}.jpg"
            path.write_bytes(photo)
            paths.append(str(path))
        # All have done one before: connections are open and programs loaded.
        _through_jobs("first", photos[:1])
        _ask(bare, paths[:1])
        _ask(pillow, paths[:1])
        for number in range(ROUNDS):
            yield _Round(
                _through_jobs(f"round-{number}", photos),
                _ask(bare, paths),
                _ask(pillow, paths[:PILLOWS]),
            )


def _memory() -> Figure:
    """What a worker and its child hold at most, both together; they share some of it."""
    _request("large", [_photo(0, LARGE)])
    done = subprocess.run(
        [sys.executable, "-c", ONE_JOB], check=True, capture_output=True, text=True
    )
    worker, child = map(int, done.stdout.split())
    _all_must_be_done()
    return Figure(
        "48-megapixel photo, peak memory",
        "MiB",
        worker + child,
        3 * LARGE[0] * LARGE[1] / 2**20,
        "its pixels in memory once",
        f"worker {worker}, child {child}; lower is better",
    )


def _photo(number: int, size: tuple[int, int] = SIZE) -> bytes:
    """A real photograph at a camera's size, each one different from the others."""
    with Image.open(PHOTOGRAPH) as opened:
        large = opened.convert("RGB").resize(size)
    grain = Image.effect_noise(size, 12 + number).convert("RGB")
    file = io.BytesIO()
    Image.blend(large, grain, 0.06).save(file, "JPEG", quality=90)
    return file.getvalue()


def _through_jobs(name: str, photos: list[bytes]) -> _Cost:
    """Of each of an import: the child is forked, used for all and ended in them."""
    _request(name, photos)
    cpu, clock = _cpu_seconds(), time.monotonic()
    for _ in photos:
        work.do_next(Job.Lane.INTERACTIVE)
    kept.let_go()
    cost = _Cost((_cpu_seconds() - cpu) / len(photos), (time.monotonic() - clock) / len(photos))
    _all_must_be_done()
    return cost


def _request(name: str, photos: list[bytes]) -> None:
    """Somebody new stores photos and wants them prepared; nobody has the same twice."""
    owner = User.objects.create_user(f"{name}@example.org")
    s3 = s3_client(
        settings.S3_ENDPOINT_URL,
        settings.S3_REGION,
        settings.S3_ACCESS_KEY_ID,
        settings.S3_SECRET_ACCESS_KEY,
    )
    for photo in photos:
        blob = Blob(owner=owner, size_bytes=len(photo), content_type="image/jpeg")
        blob.key = f"originals/{owner.pk}/{blob.pk}/original"
        s3.put_object(Bucket=settings.ORIGINALS_BUCKET, Key=blob.key, Body=photo)
        blob.save()
        add_item(owner=owner, blob=blob, name="photo.jpg", taken_at=blob.created_at)
        outbox.request_job(blob=blob, kind=Job.Kind.PREPARE)


def _all_must_be_done() -> None:
    unfinished = Job.objects.exclude(state=Job.State.DONE).count()
    if unfinished:
        raise RuntimeError(f"{unfinished} jobs did not end well.")


@contextmanager
def _peer(make: str) -> Iterator["subprocess.Popen[str]"]:
    program = [sys.executable, "-c", PEER.format(make=make, nice=run.Limits.niceness)]
    with subprocess.Popen(  # Ends when its input does.
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as peer:
        yield peer


def _ask(peer: "subprocess.Popen[str]", paths: list[str]) -> _Cost:
    """Of each."""
    assert peer.stdin
    assert peer.stdout
    costs = []
    for path in paths:
        peer.stdin.write(path + "\n")
        peer.stdin.flush()
        costs.append([float(each) for each in peer.stdout.readline().split()])
    return _Cost(*(statistics.mean(each) for each in zip(*costs, strict=True)))


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
