"""Photos through the whole processing tier against bare libvips on the same files.

Ours is a job from claim to done: the original streamed from S3 and hashed, metadata read, four
renditions and the placeholder made in a guarded child, renditions stored in S3, rows written. The
peer reads a local file and writes the same four JPEGs, with nothing checked and nothing kept.
Compared is processor time, which a busy neighbour disturbs least, of this process and its children.
"""

import io
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings
from PIL import Image

from mediashare.accounts.models import User
from mediashare.embedded.home import PROJECT
from mediashare.storage.models import Blob
from processing import outbox, work
from processing.models import Job
from tests.benchmarks.figures import Figure
from tests.remote import s3_client

PHOTOS = 12
SIZE = (4032, 3024)
PHOTOGRAPH = PROJECT / "mediashare" / "embedded" / "demo_media" / "tea-gardens-in-the-mist.jpg"
BARE_LIBVIPS = """
import os, resource, sys
os.environ["VIPS_CONCURRENCY"] = "1"
import pyvips
pyvips.cache_set_max(0)
def make(path):
    image = pyvips.Image.thumbnail(path, 2560, height=10**7, size="down", fail_on="truncated")
    for width in (2560, 1280, 640, 320):
        if width != 2560:
            image = image.thumbnail_image(width, height=10**7, size="down")
        image = image.copy_memory()
        image.jpegsave(f"{path}-{width}.jpg", Q=82, keep="none")
make(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF)
for path in sys.argv[1:]:
    make(path)
after = resource.getrusage(resource.RUSAGE_SELF)
print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
"""


def measure() -> list[Figure]:
    photos = [_photo(number) for number in range(PHOTOS + 1)]
    ours, seconds = _through_jobs(photos)
    bare = _bare(photos[1:])
    return [
        Figure(
            "12-megapixel photos, whole job",
            "photos/s of one core",
            PHOTOS / ours,
            PHOTOS / bare,
            "bare libvips, file to four files",
            f"median job {statistics.median(seconds) * 1000:.0f} ms of wall time",
        )
    ]


def _photo(number: int) -> bytes:
    """A real photograph at a camera's size, each one different from the others."""
    with Image.open(PHOTOGRAPH) as opened:
        large = opened.convert("RGB").resize(SIZE)
    grain = Image.effect_noise(SIZE, 12 + number).convert("RGB")
    file = io.BytesIO()
    Image.blend(large, grain, 0.06).save(file, "JPEG", quality=90)
    return file.getvalue()


def _through_jobs(photos: list[bytes]) -> tuple[float, list[float]]:
    owner = User.objects.create_user("photos@example.org")
    s3 = s3_client(
        settings.S3_ENDPOINT_URL,
        settings.S3_REGION,
        settings.S3_ACCESS_KEY_ID,
        settings.S3_SECRET_ACCESS_KEY,
    )
    for number, photo in enumerate(photos):
        key = f"originals/{owner.pk}/photo-{number}/original"
        s3.put_object(Bucket=settings.ORIGINALS_BUCKET, Key=key, Body=photo)
        blob = Blob.objects.create(
            owner=owner, key=key, size_bytes=len(photo), content_type="image/jpeg"
        )
        outbox.request_job(blob=blob, kind=Job.Kind.PREPARE)
    # As the peer, it has done one before: connections are open and programs loaded.
    work.do_next(Job.Lane.INTERACTIVE)
    before, seconds = _cpu_seconds(), []
    for _ in photos[1:]:
        began = time.perf_counter()
        work.do_next(Job.Lane.INTERACTIVE)
        seconds.append(time.perf_counter() - began)
    used = _cpu_seconds() - before
    unfinished = Job.objects.exclude(state=Job.State.DONE).count()
    if unfinished:
        raise RuntimeError(f"{unfinished} of {PHOTOS} jobs did not end well.")
    return used, seconds


def _bare(photos: list[bytes]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, photo in enumerate(photos):
            path = Path(folder) / f"{number}.jpg"
            path.write_bytes(photo)
            paths.append(str(path))
        done = subprocess.run(
            [sys.executable, "-c", BARE_LIBVIPS, *paths], check=True, capture_output=True, text=True
        )
    return float(done.stdout)


def _cpu_seconds() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(each) for each in who]
    return sum(each.ru_utime + each.ru_stime for each in used)
