"""Which ranges of a changed file are sent, copied and fetched."""

from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.client import parts
from sync.client.chunks import Chunk
from sync.client.parts import MOST_PARTS, SMALLEST_PART_BYTES, Part, Span

MIB = 2**20
PART_BYTES = 8 * MIB
LONGEST_CHUNK = 4 * MIB


def chunk(random):
    return Chunk(random.randint(MIB // 4, LONGEST_CHUNK), random.randbytes(2))


def file_of(random, count):
    """Few digests, so that chunks occur again, in the file and after the change."""
    few = [chunk(random) for _ in range(random.randint(1, 40))]
    return [random.choice([*few, chunk(random)]) for _ in range(count)]


def disturbed(random, chunks):
    """Chunks changed, inserted, taken away and moved about."""
    changed = list(chunks)
    for _ in range(random.randint(0, 6)):
        at = random.randint(0, len(changed))
        kind = random.choice(["insert", "remove", "move", "change"])
        if kind == "insert":
            changed[at:at] = [chunk(random) for _ in range(random.randint(1, 3))]
        elif kind == "remove":
            del changed[at : at + random.randint(1, 5)]
        elif kind == "change":
            changed[at : at + 1] = [chunk(random)]
        else:
            block = changed[at : at + 8]
            del changed[at : at + 8]
            to = random.randint(0, len(changed))
            changed[to:to] = block
    return changed


def bytes_at(chunks, start, end):
    """A range as a row of (digest, from, to): equal exactly when the bytes are."""
    found, at = [], 0
    for each in chunks:
        low, high = max(start, at), min(end, at + each.size_bytes)
        if low < high:
            found.append((each.digest, low - at, high - at))
        at += each.size_bytes
    return found


def size_of(chunks):
    return sum(each.size_bytes for each in chunks)


versions = st.builds(
    lambda seed, count: (Random(seed), count), st.integers(0, 2**32), st.integers(0, 100)
)


@settings(max_examples=60)
@given(versions)
def test_the_parts_are_the_whole_file_in_order_and_copies_are_of_the_same_bytes(drawn):
    random, count = drawn
    base = file_of(random, count)
    new = disturbed(random, base)

    planned = parts.parts_of_changes(tuple(new), tuple(base), part_bytes=PART_BYTES)

    at = 0
    for part in planned:
        assert part.start == at
        at = part.end
        if part.source is not None:
            source_end = part.source + part.size_bytes
            assert bytes_at(new, part.start, part.end) == bytes_at(base, part.source, source_end)
    assert at == size_of(new)


@settings(max_examples=60)
@given(versions)
def test_s3_takes_these_parts(drawn):
    random, count = drawn
    base = file_of(random, count)
    new = disturbed(random, base)

    planned = parts.parts_of_changes(tuple(new), tuple(base), part_bytes=PART_BYTES)

    assert len(planned) <= MOST_PARTS
    assert all(part.size_bytes >= SMALLEST_PART_BYTES for part in planned[:-1])
    assert all(part.size_bytes <= 5 * 2**30 for part in planned)


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(40, 150))
def test_one_change_sends_no_more_than_it_must(seed, count):
    random = Random(seed)
    base = [
        Chunk(random.randint(MIB // 4, LONGEST_CHUNK), random.randbytes(16)) for _ in range(count)
    ]
    at = random.randrange(count)
    new = [*base[:at], Chunk(LONGEST_CHUNK, b"new"), *base[at + 1 :]]

    planned = parts.parts_of_changes(tuple(new), tuple(base), part_bytes=PART_BYTES)

    # The chunk, and on each side at most what is too short to be copied.
    assert parts.sent_bytes(planned) <= LONGEST_CHUNK + 2 * SMALLEST_PART_BYTES


@settings(max_examples=60)
@given(st.integers(1, 50 * 2**40))
def test_a_file_of_any_size_has_few_enough_parts_and_small_enough_ones(size_bytes):
    planned = parts.parts_of_all(size_bytes, part_bytes=PART_BYTES)

    assert sum(part.size_bytes for part in planned) == size_bytes
    assert len(planned) <= MOST_PARTS
    assert max(part.size_bytes for part in planned) <= 11 * 2**30


def test_an_equal_file_is_copied_whole():
    file = tuple(Chunk(MIB, bytes([number])) for number in range(200))

    planned = parts.parts_of_changes(file, file, part_bytes=PART_BYTES)

    assert planned == [Part(0, 200 * MIB, 0)]


def test_a_file_with_nothing_in_common_is_sent_whole():
    new = tuple(Chunk(MIB, bytes([number])) for number in range(20))

    planned = parts.parts_of_changes(new, (), part_bytes=PART_BYTES)

    assert planned == parts.parts_of_all(20 * MIB, part_bytes=PART_BYTES)


def test_what_is_appended_is_sent_alone():
    base = tuple(Chunk(MIB, bytes([number])) for number in range(20))

    planned = parts.parts_of_changes((*base, Chunk(100, b"more")), base, part_bytes=PART_BYTES)

    assert planned == [Part(0, 20 * MIB, 0), Part(20 * MIB, 100)]


def test_what_is_too_short_to_be_copied_is_sent():
    base = tuple(Chunk(MIB, bytes([number])) for number in range(40))
    new = (*base[:10], Chunk(MIB, b"a"), *base[11:14], Chunk(MIB, b"b"), *base[15:])

    planned = parts.parts_of_changes(new, base, part_bytes=PART_BYTES)

    assert planned == [
        Part(0, 10 * MIB, 0),
        Part(10 * MIB, 5 * MIB),
        Part(15 * MIB, 25 * MIB, 15 * MIB),
    ]


@settings(max_examples=60)
@given(versions, st.integers(MIB, 16 * MIB))
def test_what_is_fetched_is_what_is_not_here(drawn, span_bytes):
    random, count = drawn
    base = file_of(random, count)
    new = tuple(disturbed(random, base))

    spans = parts.missing_spans(new, set(base), span_bytes=span_bytes)

    assert all(0 < span.end - span.start <= span_bytes for span in spans)
    assert sum(span.end - span.start for span in spans) == size_of(
        each for each in new if each not in set(base)
    )
    assert all(before.end <= after.start for before, after in pairwise(spans))


def test_a_whole_file_is_fetched_in_spans():
    assert parts.spans_of_all(5, span_bytes=2) == [Span(0, 2), Span(2, 4), Span(4, 5)]
    assert parts.spans_of_all(0, span_bytes=2) == []
