"""When many files are flushed by one call, and when each by its own."""

import os
import subprocess
import sys

import pytest

from sync.client import flushing
from sync.client.disk import LocalDisk

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Only Linux has the call.")


class Flushed:
    """A disk on which files arrived, and which of them were flushed one by one."""

    def __init__(self, root, monkeypatch):
        self.disk = LocalDisk(str(root))
        self.files = [f"{number}" for number in range(flushing.FEWEST)]
        for name in self.files:
            self.disk.write(name, b"bytes")
        self.alone = set()
        fsync = os.fsync
        monkeypatch.setattr(os, "fsync", lambda handle: self._note(handle, fsync))
        # As on a disk that can do it, and does nothing else just now.
        monkeypatch.setattr(flushing, "_kind", lambda handle: 0xEF53)
        monkeypatch.setattr(flushing, "_waiting_bytes", lambda: 0)

    def _note(self, handle, fsync):
        self.alone.add(os.path.basename(os.readlink(f"/proc/self/fd/{handle}")))
        fsync(handle)


@pytest.fixture
def flushed(tmp_path, monkeypatch):
    return Flushed(tmp_path, monkeypatch)


@LINUX
def test_many_files_of_a_folder_are_flushed_together(flushed):
    flushed.disk.flush(files=flushed.files)

    assert not flushed.alone


@LINUX
def test_few_are_flushed_one_by_one(flushed):
    flushed.disk.flush(files=flushed.files[1:])

    assert flushed.alone == set(flushed.files[1:])


@LINUX
def test_nobody_waits_for_what_other_programs_have_written(flushed, monkeypatch):
    monkeypatch.setattr(flushing, "_waiting_bytes", lambda: flushing.MOST_WAITING_BYTES + 1)

    flushed.disk.flush(files=flushed.files)

    assert flushed.alone == set(flushed.files)


@LINUX
def test_a_file_system_that_promises_less_is_asked_for_each(flushed, monkeypatch):
    monkeypatch.setattr(flushing, "_kind", lambda handle: 0x65735546)

    flushed.disk.flush(files=flushed.files)

    assert flushed.alone == set(flushed.files)


@LINUX
def test_files_of_several_folders_may_be_on_several_disks(flushed):
    flushed.disk.make_folder("below")
    flushed.disk.write("below/one", b"bytes")

    flushed.disk.flush(files=[*flushed.files, "below/one"])

    assert flushed.alone == {*flushed.files, "one"}


@LINUX
def test_what_is_gone_is_left_out(flushed):
    flushed.disk.flush(files=[f"gone/{name}" for name in flushed.files])

    assert not flushed.alone


@LINUX
def test_the_kind_of_a_file_system_is_as_the_system_says(tmp_path):
    said = subprocess.run(
        ["stat", "--file-system", "--format=%t", tmp_path], capture_output=True, check=True
    )
    handle = os.open(tmp_path, os.O_RDONLY)
    try:
        assert flushing._kind(handle) == int(said.stdout, 16)
    finally:
        os.close(handle)


@LINUX
def test_the_system_says_what_waits_for_disks():
    assert flushing._waiting_bytes() < sys.maxsize
