"""Objects of both buckets as files of a backup, written once each, and what is said of them.

`objects/originals/<key>` and `objects/renditions/<key>` are the bytes, `objects.sqlite` says the
rest. Copying again copies what is new: keys are written once, in S3 and here.
"""

import json
import os
import sqlite3
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from mediashare.aws import s3, whole
from mediashare.aws.client import NotFound

AT_ONCE = 8
NOTED_AT_ONCE = 200


class Object(NamedTuple):
    """`which` of the two buckets, by what it is for: its name may be another after a restore."""

    which: str
    key: str
    size_bytes: int


def buckets() -> dict[str, str]:
    """The names of the buckets by what they are for."""
    return {"originals": settings.ORIGINALS_BUCKET, "renditions": settings.RENDITIONS_BUCKET}


def in_buckets() -> Iterator[Object]:
    """Everything that both buckets hold now."""
    for which, bucket in buckets().items():
        for key, size_bytes in s3.sizes(bucket=bucket, prefix=""):
            yield Object(which, key, size_bytes)


class Copies:
    """The objects of a backup. Not for two processes at once."""

    def __init__(self, place: Path) -> None:
        self._place = place
        place.mkdir(parents=True, exist_ok=True)
        self._index = sqlite3.connect(place / "objects.sqlite")
        self._index.execute(
            "create table if not exists object (which text, key text, size_bytes integer,"
            " said text, primary key (which, key)) without rowid"
        )

    def close(self) -> None:
        self._index.close()

    def bring(self) -> int:
        """Copy what is in the buckets and not here; how many."""
        new = (each for each in in_buckets() if not self.has(each))
        brought = 0
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while some := list(islice(new, NOTED_AT_ONCE)):
                said = zip(some, pool.map(self._fetch, some), strict=True)
                rows = [(*each, text) for each, text in said if text]
                with self._index:
                    self._index.executemany("insert or replace into object values (?,?,?,?)", rows)
                brought += len(rows)
        return brought

    def put_back(self, wanted: Collection[Object]) -> int:
        """Store those of these that the buckets lack; how many."""
        there = set(in_buckets())
        missing = [each for each in wanted if each not in there]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            said = [self._said(each) for each in missing]
            for _ in pool.map(self._send, missing, said):
                pass
        return len(missing)

    def forget(self, kept: Collection[Object]) -> int:
        """Remove what is not among these; how many."""
        known = [
            Object(*row) for row in self._index.execute("select which, key, size_bytes from object")
        ]
        spare = [each for each in known if each not in kept]
        for each in spare:
            with self._index:
                self._index.execute("delete from object where which = ? and key = ?", each[:2])
            self._file(each).unlink(missing_ok=True)
        return len(spare)

    def has(self, each: Object) -> bool:
        query = "select 1 from object where which = ? and key = ? and size_bytes = ?"
        return self._index.execute(query, each).fetchone() is not None

    def _said(self, each: Object) -> whole.Said:
        query = "select said from object where which = ? and key = ?"
        (text,) = self._index.execute(query, each[:2]).fetchone()
        return whole.Said(**json.loads(text))

    def _file(self, each: Object) -> Path:
        root = self._place / "objects" / each.which
        file = root / each.key
        if not file.resolve().is_relative_to(root.resolve()):
            raise ValueError(f"{each.key} is no key of ours.")
        return file

    def _fetch(self, each: Object) -> str:
        """What is said of it, as JSON, once it is on the disk; empty when it is gone."""
        file = self._file(each)
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(file.name + ".new")
        try:
            with new.open("wb") as target:
                said = whole.fetch(bucket=buckets()[each.which], key=each.key, target=target)
                target.flush()
                os.fsync(target.fileno())
        except NotFound:
            new.unlink()
            return ""
        new.replace(file)
        return json.dumps(
            {
                "content_type": said.content_type,
                "cache_control": said.cache_control,
                "metadata": dict(said.metadata),
            }
        )

    def _send(self, each: Object, said: whole.Said) -> None:
        bucket = buckets()[each.which]
        whole.send(bucket=bucket, key=each.key, source=self._file(each), said=said)
