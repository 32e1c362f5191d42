"""A large file's chunks stay the same where its content does."""

import io
from random import Random

import pytest

from sync.client import chunks
from sync.client.chunks import Chunk, ManifestIsUnreadable

MIB = 2**20
CONTENT = Random(1).randbytes(12 * MIB)


def manifest_of(content):
    return chunks.manifest_of(io.BytesIO(content))


def test_chunks_are_the_whole_file_in_order():
    together = b"".join(bytes(data) for _, data in chunks.cut(io.BytesIO(CONTENT)))

    assert together == CONTENT
    assert all(chunk.size_bytes <= chunks.LONGEST_BYTES for chunk in manifest_of(CONTENT))


def test_what_is_inserted_changes_the_chunks_around_it_alone():
    before = manifest_of(CONTENT)
    after = manifest_of(CONTENT[: 6 * MIB] + Random(2).randbytes(1024) + CONTENT[6 * MIB :])

    assert len(set(after) - set(before)) <= 2


def test_the_chunks_of_an_empty_file_are_none():
    assert manifest_of(b"") == ()


def test_a_list_of_chunks_comes_back_as_it_was():
    manifest = manifest_of(CONTENT)

    assert chunks.decode(chunks.encode(manifest)) == manifest
    assert len(chunks.encode(manifest)) < 1024


@pytest.mark.parametrize("data", [b"", b"<Error>", chunks.encode([Chunk(5, b"0" * 16)])[:-1]])
def test_what_is_no_list_of_chunks_is_refused(data):
    with pytest.raises(ManifestIsUnreadable):
        chunks.decode(data)
