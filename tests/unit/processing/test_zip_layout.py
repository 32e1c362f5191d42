"""A ZIP made piece by piece is one that other programs read."""

import io
import shutil
import subprocess
import zipfile
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from processing.recipes import zip_layout
from processing.recipes.zip_layout import Entry

NOON = datetime(2024, 7, 1, 12, 30, 44, tzinfo=UTC)
GIB = 2**30


def laid_out(*files, at=NOON, minutes=0):
    """Entries of these names and contents one after the other."""
    entries, offset = [], 0
    for name, content in files:
        entry = Entry(name, len(content), at, offset, zlib.crc32(content), minutes)
        entries.append(entry)
        offset = entry.end
    return entries


def written(entries, contents):
    """The whole archive, as if all parts were one."""
    body = b"".join(
        entry.header() + content for entry, content in zip(entries, contents, strict=True)
    )
    records = b"".join(entry.record() for entry in entries)
    end = zip_layout.ending(entries=len(entries), offset=len(body), directory_bytes=len(records))
    return body + records + end


def test_pythons_zipfile_reads_it():
    files = [
        ("Summer/beach.jpg", b"sand" * 1000),
        ("Summer/Überfahrt 山.jpg", b""),
        ("a.txt", b"a"),
    ]
    entries = laid_out(*files, minutes=120)

    made = zipfile.ZipFile(io.BytesIO(written(entries, [content for _, content in files])))

    assert made.testzip() is None
    assert [(info.filename, made.read(info)) for info in made.infolist()] == files
    assert made.infolist()[0].date_time == (2024, 7, 1, 14, 30, 44)
    assert made.infolist()[0].flag_bits == 0x800


def test_the_sizes_it_tells_beforehand_are_those_it_has():
    for entry in (
        *laid_out(("é.jpg", b"content")),
        Entry("large.mov", 5 * GIB, NOON, 0),
        Entry("far.jpg", 10, NOON, 5 * GIB),
        Entry("large and far.mov", 5 * GIB, NOON, 5 * GIB),
        Entry("old.jpg", 10, datetime(1901, 1, 1, tzinfo=UTC), 0),
    ):
        assert entry.data_offset - entry.offset == len(entry.header())
        assert entry.record_bytes == len(entry.record())


@pytest.mark.parametrize(
    ("moment", "clock"),
    [
        (datetime(1901, 1, 1, tzinfo=UTC), (1980, 1, 1, 0, 0, 0)),
        (datetime(2500, 1, 1, tzinfo=UTC), (2107, 12, 31, 23, 59, 58)),
    ],
)
def test_a_date_that_the_format_cannot_say_is_the_nearest(moment, clock):
    (entry,) = laid_out(("old.jpg", b"x"), at=moment)

    made = zipfile.ZipFile(io.BytesIO(written([entry], [b"x"])))

    assert made.infolist()[0].date_time == clock
    assert made.infolist()[0].extra == b""


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_unzip_finds_nothing_wrong_and_sets_the_moment(tmp_path):
    files = [("Été/beach.jpg", b"sand" * 1000), ("b.txt", b"b")]
    entries = laid_out(*files, minutes=120)
    (tmp_path / "made.zip").write_bytes(written(entries, [content for _, content in files]))

    subprocess.run(["unzip", "-tq", "made.zip"], cwd=tmp_path, check=True, capture_output=True)
    subprocess.run(
        ["unzip", "-q", "made.zip"],
        cwd=tmp_path,
        check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )

    unpacked = tmp_path / "Été" / "beach.jpg"
    assert unpacked.read_bytes() == b"sand" * 1000
    assert abs(unpacked.stat().st_mtime - NOON.timestamp()) < 2


def test_files_and_places_beyond_four_gibibytes(tmp_path):
    """A sparse file: the large entry is a hole, and zipfile must find what lies behind it."""
    entries = [Entry("large.mov", 5 * GIB, NOON, 0, 0)]
    entries.append(Entry("behind.txt", 6, NOON, entries[0].end, zlib.crc32(b"behind")))
    with (tmp_path / "made.zip").open("wb") as file:
        file.write(entries[0].header())
        file.seek(entries[1].offset)
        file.write(entries[1].header() + b"behind")
        records = b"".join(entry.record() for entry in entries)
        file.write(records)
        file.write(
            zip_layout.ending(entries=2, offset=entries[1].end, directory_bytes=len(records))
        )

    with zipfile.ZipFile(tmp_path / "made.zip") as made:
        large, behind = made.infolist()
        assert (large.file_size, large.header_offset) == (5 * GIB, 0)
        assert behind.header_offset == entries[1].offset > 4 * GIB
        assert made.read(behind) == b"behind"
        with made.open(large) as content:
            assert content.read(10) == bytes(10)


def test_more_files_than_sixteen_bits_can_count():
    entries = laid_out(*((f"{number}.txt", b"") for number in range(70_000)))

    made = zipfile.ZipFile(io.BytesIO(written(entries, [b""] * 70_000)))

    assert len(made.infolist()) == 70_000
    assert made.infolist()[-1].filename == "69999.txt"


@pytest.mark.parametrize(("parts", "directory_part"), [(1, 0), (5, 4), (5, 2), (5, 0)])
def test_every_part_is_kept_once_and_what_a_header_needs_comes_first(parts, directory_part):
    steps: list[zip_layout.Step] = []
    while found := zip_layout.step(len(steps), parts=parts, directory_part=directory_part):
        steps.append(found)

    kept = [step.part for step in steps if step.is_kept]
    assert sorted(kept) == list(range(parts))
    assert (steps[0].part, steps[0].is_kept) == (directory_part, directory_part == 0)
    assert kept == [*range(directory_part - 1, -1, -1), *range(directory_part, parts)]


def test_a_leap_of_a_second_does_not_matter():
    entry = Entry("a", 0, NOON + timedelta(microseconds=999_999), 0)

    assert entry.header()[-4:] == int(NOON.timestamp()).to_bytes(4, "little")
