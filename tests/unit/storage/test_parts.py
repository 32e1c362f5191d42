"""A file of any size is cut within S3's limits, and nothing is lost at the seams."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediashare.storage.parts import (
    LARGEST_FILE,
    LARGEST_PART,
    MIB,
    MOST_PARTS,
    SMALLEST_PART,
    USUAL_PART,
    CannotBeCut,
    Cut,
    cut,
    decoded,
    digest_of_digests,
)


@pytest.mark.parametrize(
    ("size", "part_size", "part_count"),
    [
        (1, USUAL_PART, 1),
        (USUAL_PART, USUAL_PART, 1),
        (USUAL_PART + 1, USUAL_PART, 2),
        (2 * 2**30, USUAL_PART, 128),
        (USUAL_PART * MOST_PARTS, USUAL_PART, MOST_PARTS),
        (USUAL_PART * MOST_PARTS + 1, 17 * MIB, 9412),
        (LARGEST_FILE, 525 * MIB, 9987),
    ],
)
def test_parts_grow_only_when_ten_thousand_would_not_do(size, part_size, part_count):
    plan = cut(size)

    assert (plan.part_size, plan.part_count) == (part_size, part_count)


@given(st.integers(min_value=1, max_value=LARGEST_FILE))
def test_any_file_is_cut_within_the_limits_of_s3(size):
    plan = cut(size)

    last = plan.size_of(plan.part_count)
    assert SMALLEST_PART <= plan.part_size <= LARGEST_PART
    assert plan.part_count <= MOST_PARTS
    assert 1 <= last <= plan.part_size
    assert (plan.part_count - 1) * plan.part_size + last == size


@pytest.mark.parametrize("size", [0, -1, LARGEST_FILE + 1])
def test_an_empty_or_impossible_file_is_not_cut(size):
    with pytest.raises(CannotBeCut):
        cut(size)


@pytest.mark.parametrize("number", [0, 4])
def test_a_part_outside_the_file_has_no_size(number):
    with pytest.raises(ValueError, match="no part"):
        Cut(size=25, part_size=10).size_of(number)


def test_the_digest_of_parts_is_written_as_s3_writes_it():
    digests = [hashlib.sha256(part).digest() for part in (b"one", b"two")]

    joined = base64.b64encode(hashlib.sha256(b"".join(digests)).digest()).decode()
    assert digest_of_digests(digests) == f"{joined}-2"


@pytest.mark.parametrize("digest", ["", "not base64!", base64.b64encode(b"short").decode()])
def test_what_is_not_a_sha256_is_not_decoded(digest):
    with pytest.raises(ValueError, match="is not"):
        decoded(digest)
