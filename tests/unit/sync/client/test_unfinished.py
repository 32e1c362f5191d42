"""What is remembered of transfers is there in the next run, and does not grow for ever."""

from sync.client import unfinished
from sync.client.chunks import Chunk
from sync.client.parts import Span
from sync.client.unfinished import Unfinished

CHUNKS = tuple(Chunk(size, bytes([size]) * 16) for size in range(1, 50))


def test_parts_and_spans_are_there_after_a_restart(tmp_path):
    before = Unfinished(tmp_path / "transfers.sqlite")
    before.note_part("upload", 2, "digest")
    before.note_span("target", "sha256", Span(0, 10))
    before.close()

    after = Unfinished(tmp_path / "transfers.sqlite")

    assert after.parts("upload") == {2: "digest"}
    assert after.spans("target", "sha256") == {Span(0, 10)}
    assert after.spans("target", "another") == set()


def test_what_is_finished_is_forgotten(tmp_path):
    record = Unfinished(tmp_path / "transfers.sqlite")
    record.note_part("upload", 2, "digest")
    record.note_span("target", "sha256", Span(0, 10))

    record.forget_parts("upload")
    record.forget_spans("target")

    assert record.parts("upload") == {}
    assert record.spans("target", "sha256") == set()


def test_the_chunks_noted_longest_ago_are_forgotten_first(tmp_path, monkeypatch):
    monkeypatch.setattr(unfinished, "MANIFESTS_BYTES", 2500)
    record = Unfinished(tmp_path / "transfers.sqlite")
    for name in ("first", "second", "third"):
        record.note_manifest(name, CHUNKS)

    assert record.manifest("first") is None
    assert record.manifest("second") == record.manifest("third") == CHUNKS


def test_chunks_noted_again_are_there_once(tmp_path):
    record = Unfinished(tmp_path / "transfers.sqlite")
    record.note_manifest("first", CHUNKS)
    record.note_manifest("first", CHUNKS[:3])

    assert record.manifest("first") == CHUNKS[:3]
