"""Videos through the processing tier, against single passes of ffmpeg and against fewer workers.

Ours are the jobs of the service, each piece read from S3, stored in S3 and joined in the database.
Workers are real ones; each has a core of its own, as if it were a machine of its own, so that two
are compared with one and not with a program that uses both cores anyway.
"""

import os
import resource
import signal
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial, reduce
from itertools import count
from operator import or_
from pathlib import Path

import psutil
from django.conf import settings
from django.db.models import Max, Min, Q

from mediashare.accounts.models import User
from mediashare.embedded.stack import Stack
from mediashare.storage.models import Blob
from processing import outbox, work
from processing.models import Job, Ladder, Track
from processing.recipes.ladder import SEGMENT_SECONDS, Rung, plan_from
from tests.benchmarks.figures import Figure
from tests.benchmarks.footage import ffmpeg, phone_video, raw_video
from tests.contracts import workers
from tests.remote import s3_client

SHORT_SECONDS = 60
LONG_SECONDS = 10 * 60
GIB = 2**30
MIB = 2**20
HUGE_GIB = 10
PATIENCE_SECONDS = 3600
LADDER = {Job.Kind.SEGMENT, Job.Kind.AUDIO}
OPEN = {Job.State.WAITING, Job.State.RUNNING}
NUMBERS = count(1)
# Of a worker that died others take the work over this much later, and a moment.
SHORT_LEASE = {"JOB_LEASE_SECONDS": "20"}
AMID_SECONDS = 2


def measure(stack: Stack) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(dir=stack.home.path) as name:
        folder = Path(name)
        short = phone_video(folder, seconds=SHORT_SECONDS)
        yield _processor_time(folder, short)
        yield _two_workers(stack, folder, short)
        yield _interruptions(stack, folder, short)
        yield _first_rung(stack, folder)
        yield _memory(stack, folder)


def _processor_time(folder: Path, video: Path) -> Figure:
    """One after another in this process; what is not the ladder is told apart by the job's kind."""
    blob = _ask_for(video)
    used: defaultdict[str, float] = defaultdict(float)
    while job := Job.objects.filter(blob=blob, state=Job.State.WAITING).order_by("turn").first():
        before, started = _cpu_seconds(), _done(blob)
        work.do_next(job.lane)
        for kind in (_done(blob) - started).elements():
            used[kind] += _cpu_seconds() - before
    _must_be_done(blob)
    rungs = [
        rung for wave in plan_from(Ladder.objects.get(blob=blob).plan).waves for rung in wave.rungs
    ]
    ours = sum(used[kind] for kind in LADDER)
    plain, single = (_one_pass(folder, video, rungs, more) for more in ([], ["-threads", "1"]))
    others = sum(used.values()) - ours
    sizes = "/".join(rung.name for rung in rungs)
    return Figure(
        f"ladder of {SHORT_SECONDS} s of 1080p HEVC in pieces",
        "s of processor",
        ours,
        plain,
        "one pass of ffmpeg over a local file, same encoder and sizes",
        f"lower is better; {sizes} and sound; {ours / single:.2f} of a pass on one thread; "
        f"probe, poster, previews and checksum take {others:.1f} s more",
    )


def _one_pass(folder: Path, video: Path, rungs: list[Rung], threads: list[str]) -> float:
    """Processor seconds of what one would type to get the same ladder."""
    names = "".join(f"[s{rung.name}]" for rung in rungs)
    scaled = ";".join(
        f"[s{r.name}]scale={r.width}:{r.height},format=yuv420p[o{r.name}]" for r in rungs
    )
    before = _cpu_seconds()
    ffmpeg(
        *["-i", str(video), "-filter_complex", f"[0:v]split={len(rungs)}{names};{scaled}"],
        *(part for rung in rungs for part in _rung(folder, rung, threads)),
        *["-map", "0:a", "-c:a", "aac", "-b:a", "128k", *_hls(folder, "audio")],
    )
    return _cpu_seconds() - before


def _rung(folder: Path, rung: Rung, threads: list[str]) -> list[str]:
    most = ["-maxrate", str(rung.bits_per_second), "-bufsize", str(2 * rung.bits_per_second)]
    key_frames = f"expr:gte(t,n_forced*{SEGMENT_SECONDS})"
    return [
        *["-map", f"[o{rung.name}]", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23"],
        *["-profile:v", "high", *most, *threads, "-sc_threshold", "0", "-g", "100000"],
        *["-force_key_frames", key_frames, *_hls(folder, rung.name)],
    ]


def _hls(folder: Path, name: str) -> list[str]:
    return [
        *["-f", "hls", "-hls_time", str(SEGMENT_SECONDS / 2), "-hls_list_size", "0"],
        *["-hls_segment_type", "fmp4", "-hls_playlist_type", "vod", "-hls_flags", "single_file"],
        *["-hls_segment_filename", str(folder / f"{name}.m4s"), str(folder / f"{name}.m3u8")],
    ]


def _two_workers(stack: Stack, folder: Path, video: Path) -> Figure:
    one, two = (_wall_seconds(stack, folder, video, cores=cores) for cores in ([0], [0, 1]))
    return Figure(
        f"{SHORT_SECONDS} s of 1080p HEVC by two workers",
        "s",
        two,
        one,
        "one worker",
        "lower is better; each worker on a core of its own; first job to last",
    )


def _wall_seconds(stack: Stack, folder: Path, video: Path, *, cores: list[int]) -> float:
    with _at_work(stack, folder, cores):
        blob = _ask_for(video)
        _wait_for(blob)
    jobs = blob.jobs.aggregate(began_at=Min("started_at"), ended_at=Max("ended_at"))
    seconds: float = (jobs["ended_at"] - jobs["began_at"]).total_seconds()
    return seconds


def _interruptions(stack: Stack, folder: Path, video: Path) -> Figure:
    """Both workers are killed amid a segment, one after the other, and others take their place."""
    with ExitStack() as machines:
        fleet = machines.enter_context(_at_work(stack, folder, [0, 1], **SHORT_LEASE))
        blob = _ask_for(video)
        encoding = blob.jobs.filter(kind=Job.Kind.SEGMENT, state=Job.State.RUNNING)

        def is_encoding(worker: psutil.Process) -> bool:
            hands = [Q(worker__endswith=f":{hand.pid}") for hand in worker.children()]
            return bool(hands) and encoding.filter(reduce(or_, hands)).exists()

        for core, worker in enumerate(fleet):
            _until(partial(is_encoding, worker))
            time.sleep(AMID_SECONDS)
            os.killpg(worker.pid, signal.SIGKILL)
            machines.enter_context(_at_work(stack, folder, [core], **SHORT_LEASE))
        _wait_for(blob)
    begun_again = sum(job.attempts - 1 for job in blob.jobs.filter(kind__in=LADDER))
    return Figure(
        "segments begun again for each worker that was killed",
        "segments",
        begun_again / len(fleet),
        1,
        "the limit we set ourselves",
        f"lower is better; of {blob.jobs.filter(kind=Job.Kind.SEGMENT).count()} in all",
    )


def _first_rung(stack: Stack, folder: Path) -> Figure:
    video = phone_video(folder, seconds=LONG_SECONDS)
    with _at_work(stack, folder, [0, 1]):
        blob = _ask_for(video)
        _wait_for(blob)
    video.unlink()
    began_at = Job.objects.filter(blob=blob).earliest("created_at").created_at
    tracks = Track.objects.filter(blob=blob)
    sound = tracks.get(width=0)
    smallest, *_, last = tracks.filter(width__gt=0).order_by("created_at")
    playable_at = max(smallest.created_at, sound.created_at)
    return Figure(
        f"{LONG_SECONDS // 60} min of 1080p HEVC until its first rung plays",
        "s",
        (playable_at - began_at).total_seconds(),
        (last.created_at - began_at).total_seconds(),
        "its whole ladder, in the same run",
        "lower is better; two workers, each on a core of its own",
    )


def _memory(stack: Stack, folder: Path) -> Figure:
    """The largest sum of a worker's and its children's memory, shared pages counted once."""
    huge, small = (_peak_bytes(stack, folder, gib) for gib in (HUGE_GIB, 1))
    return Figure(
        f"memory of a worker on a video of {HUGE_GIB} GiB, peak",
        "MiB",
        huge / MIB,
        small / MIB,
        "the same on a video of 1 GiB",
        "lower is better; uncompressed 1080p, whole ladder; worker and its children",
    )


def _peak_bytes(stack: Stack, folder: Path, gib: int) -> float:
    video = raw_video(folder, size_bytes=gib * GIB)
    with _at_work(stack, folder, [0, 1]) as fleet:
        blob = _ask_for(video)
        video.unlink()
        with _watched(fleet) as peaks:
            _wait_for(blob)
    return max(peaks.values())


@contextmanager
def _watched(fleet: list[psutil.Process]) -> Iterator[dict[int, float]]:
    """The most that each of some workers has used so far, with its children, in bytes."""
    peaks = {worker.pid: 0.0 for worker in fleet}
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.1):
            for worker in fleet:
                peaks[worker.pid] = max(peaks[worker.pid], _used_bytes(worker))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peaks
    finally:
        ended.set()
        thread.join()


def _used_bytes(worker: psutil.Process) -> float:
    used = 0.0
    for process in [worker, *worker.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            used += process.memory_full_info().pss
    return used


@contextmanager
def _at_work(
    stack: Stack, folder: Path, cores: list[int], **settings: str
) -> Iterator[list[psutil.Process]]:
    """A real worker on each of these cores; none is left afterwards."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    env = {**stack.env, "SCRATCH_DIR": str(scratch), **settings}
    begun = [workers.start(folder / "workers.log", env) for _ in cores]
    try:
        fleet = [psutil.Process(each.pid) for each in begun]
        for worker, core in zip(fleet, cores, strict=True):
            worker.cpu_affinity([core])
        yield fleet
    finally:
        for each in begun:
            workers.kill(each)


def _ask_for(video: Path) -> Blob:
    """A video of somebody new, in the bucket, that waits for a worker."""
    owner = User.objects.create_user(f"video-{next(NUMBERS)}@example.org")
    key = f"originals/{owner.pk}/video/original"
    s3 = s3_client(
        settings.S3_ENDPOINT_URL,
        settings.S3_REGION,
        settings.S3_ACCESS_KEY_ID,
        settings.S3_SECRET_ACCESS_KEY,
    )
    s3.upload_file(str(video), settings.ORIGINALS_BUCKET, key)
    blob = Blob.objects.create(
        owner=owner, key=key, size_bytes=video.stat().st_size, content_type="video/mp4"
    )
    outbox.request_job(blob=blob, kind=Job.Kind.PREPARE)
    return blob


def _wait_for(blob: Blob) -> None:
    _until(lambda: not blob.jobs.filter(state__in=OPEN).exists())
    _must_be_done(blob)


def _must_be_done(blob: Blob) -> None:
    if other := blob.jobs.exclude(state=Job.State.DONE).first():
        raise RuntimeError(f"{other.kind} {other.part} is {other.state}: {other.detail}")


def _done(blob: Blob) -> Counter[str]:
    return Counter(blob.jobs.filter(state=Job.State.DONE).values_list("kind", flat=True))


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        if time.monotonic() > deadline:
            raise RuntimeError(f"It did not happen in {PATIENCE_SECONDS} s.")
        time.sleep(0.1)


def _cpu_seconds() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(each) for each in who]
    return sum(each.ru_utime + each.ru_stime for each in used)
