"""Decide which ranges of a file are sent, which are copied inside S3, and which are fetched.

A file goes up as a multipart upload: each part is either bytes of the file, or a range of an
object that S3 already holds. S3 wants parts of at least 5 MiB, but for the last one; so what is
sent grows into its neighbours when it is smaller, and what could be copied is sent when it is.
Nothing here touches a disk, a network or a clock.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from sync.client.chunks import Chunk, Manifest

SMALLEST_PART_BYTES = 5 * 2**20
MOST_PARTS = 10_000
# S3 would copy 5 GiB at once; smaller copies run side by side.
COPIED_PART_BYTES = 128 * 2**20


@dataclass(frozen=True, slots=True)
class Part:
    """A range of the file; `source` is where the same bytes begin in the base, None to send."""

    start: int
    size_bytes: int
    source: int | None = None

    @property
    def end(self) -> int:
        return self.start + self.size_bytes


@dataclass(frozen=True, slots=True)
class Span:
    """A range of a file: from `start` up to, not with, `end`."""

    start: int
    end: int


def parts_of_all(size_bytes: int, *, part_bytes: int) -> list[Part]:
    """A file that is sent whole, in parts of about that size, or larger when there are too many."""
    return list(_divided([], size_bytes, part_bytes))


def parts_of_changes(new: Manifest, base: Manifest, *, part_bytes: int) -> list[Part]:
    """The file as a row of parts, of which as much as S3 allows is copied from its base."""
    size_bytes = sum(chunk.size_bytes for chunk in new)
    smallest = _smallest(size_bytes)
    long_enough = [run for run in _runs(new, base) if run.size_bytes >= smallest]
    return list(_divided(_making_room(long_enough, smallest), size_bytes, part_bytes))


def sent_bytes(parts: Iterable[Part]) -> int:
    """How much of the file travels."""
    return sum(part.size_bytes for part in parts if part.source is None)


def missing_spans(new: Manifest, held: Collection[Chunk], *, span_bytes: int) -> list[Span]:
    """What is to be fetched of a file when these chunks are here, in spans of at most that size."""
    spans: list[Span] = []
    for start, chunk in zip(_starts(new), new, strict=False):
        if chunk in held:
            continue
        if spans and spans[-1].end == start:
            spans[-1] = Span(spans[-1].start, start + chunk.size_bytes)
        else:
            spans.append(Span(start, start + chunk.size_bytes))
    return [piece for span in spans for piece in _cut_up(span, span_bytes)]


def spans_of_all(size_bytes: int, *, span_bytes: int) -> list[Span]:
    """A file that is fetched whole."""
    return list(_cut_up(Span(0, size_bytes), span_bytes))


def places(manifest: Manifest) -> dict[Chunk, list[int]]:
    """Where each chunk begins, as often as it occurs."""
    found: dict[Chunk, list[int]] = {}
    for start, chunk in zip(_starts(manifest), manifest, strict=False):
        found.setdefault(chunk, []).append(start)
    return found


def _starts(manifest: Manifest) -> Iterator[int]:
    """Where each chunk begins, and the end."""
    return accumulate((chunk.size_bytes for chunk in manifest), initial=0)


def _smallest(size_bytes: int) -> int:
    """How small a part may be so that there are not too many of them."""
    return max(SMALLEST_PART_BYTES, -(-size_bytes // (MOST_PARTS - 1)))


@dataclass(frozen=True, slots=True)
class _Run:
    """A range of the file that is the same in the base, where it begins at `source`."""

    start: int
    size_bytes: int
    source: int

    @property
    def end(self) -> int:
        return self.start + self.size_bytes

    def longer(self, size_bytes: int) -> "_Run":
        return replace(self, size_bytes=self.size_bytes + size_bytes)

    def without_beginning(self, size_bytes: int) -> "_Run":
        return _Run(self.start + size_bytes, self.size_bytes - size_bytes, self.source + size_bytes)


def _runs(new: Manifest, base: Manifest) -> Iterator[_Run]:
    """The ranges, as long as they can be, that are the same in the base."""
    in_base = dict(zip(_starts(base), base, strict=False))
    first = {chunk: starts[0] for chunk, starts in places(base).items()}
    run: _Run | None = None
    for start, chunk in zip(_starts(new), new, strict=False):
        if run and in_base.get(run.source + run.size_bytes) == chunk:
            run = run.longer(chunk.size_bytes)
            continue
        if run:
            yield run
        run = _Run(start, chunk.size_bytes, first[chunk]) if chunk in first else None
    if run:
        yield run


def _making_room(runs: list[_Run], smallest: int) -> list[_Run]:
    """The runs, cut back or given up until all that is sent between them is large enough."""
    kept: list[_Run] = []
    coming = deque(runs)
    while coming:
        between = coming[0].start - (kept[-1].end if kept else 0)
        if between == 0 or between >= smallest:
            kept.append(coming.popleft())
            continue
        lacking = smallest - between
        before = kept[-1].size_bytes - smallest if kept else 0
        after = coming[0].size_bytes - smallest
        if before + after >= lacking:
            taken = min(before, lacking)
            if taken:
                kept[-1] = kept[-1].longer(-taken)
            coming[0] = coming[0].without_beginning(lacking - taken)
        elif kept and before < after:
            kept.pop()
        else:
            coming.popleft()
    return kept


def _divided(runs: Iterable[_Run], size_bytes: int, part_bytes: int) -> Iterator[Part]:
    """Runs to copy and what is sent between them, in parts neither too large nor too many."""
    smallest = _smallest(size_bytes)
    at = 0
    for run in (*runs, _Run(size_bytes, 0, 0)):
        for span in _evenly(Span(at, run.start), max(part_bytes, smallest)):
            yield Part(span.start, span.end - span.start)
        for span in _evenly(Span(run.start, run.end), max(COPIED_PART_BYTES, smallest)):
            yield Part(span.start, span.end - span.start, run.source + span.start - run.start)
        at = run.end


def _evenly(span: Span, piece_bytes: int) -> Iterator[Span]:
    """Pieces of about one size, none smaller than asked for unless the span is."""
    size = span.end - span.start
    count = max(1, size // piece_bytes) if size else 0
    for number in range(count):
        yield Span(span.start + size * number // count, span.start + size * (number + 1) // count)


def _cut_up(span: Span, piece_bytes: int) -> Iterator[Span]:
    """Pieces of exactly one size, and the rest."""
    for start in range(span.start, span.end, piece_bytes):
        yield Span(start, min(start + piece_bytes, span.end))
