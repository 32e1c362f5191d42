"""The journal's tables in PostgreSQL. Only `sync.server.journal.postgresql` touches them.

They refer to no other table: the journal of a folder may as well be in another store.
"""

from typing import Any

from django.db import models
from django.db.models import Func, Q

DIGEST: dict[str, Any] = {"max_length": 64, "db_collation": "C"}
IDENTITY: dict[str, Any] = {"max_length": 32, "db_collation": "C"}


class JournalHead(models.Model):
    """The last number of a folder, and whose row is locked by who commits."""

    folder = models.UUIDField(primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(null=True, help_text="When that was. Never before an earlier one.")

    def __str__(self) -> str:
        return f"{self.folder} at {self.number}"


class Stated(models.Model):
    """What an entry is, in columns: where, and of what content."""

    class Kind(models.TextChoices):
        FILE = "file"
        FOLDER = "folder"
        LINK = "link"

    kind = models.CharField(max_length=6, choices=Kind.choices, blank=True)
    parent = models.CharField(**IDENTITY, blank=True)
    name = models.TextField(blank=True)
    sha256 = models.CharField(**DIGEST, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    is_executable = models.BooleanField(default=False)
    modified_ms = models.BigIntegerField(default=0)
    target = models.TextField(blank=True)

    class Meta:
        abstract = True


# Small letters as the database's own locale has them, in an order that no locale changes.
IN_SMALL_LETTERS = Func("taken", template='lower(%(expressions)s COLLATE "default") COLLATE "C"')


class JournalEntry(Stated):
    """An entry as it is now. Of a deleted one: as it was, without a place."""

    pk = models.CompositePrimaryKey("folder", "entry")
    folder = models.UUIDField()
    entry = models.CharField(**IDENTITY)
    number = models.PositiveBigIntegerField()
    taken = models.TextField(  # noqa: DJ001  # Null, so that the deleted ones are in nobody's way.
        null=True, db_collation="C", help_text="Its name while it is there; null when deleted."
    )

    class Meta:
        constraints = [
            # Deferred, since two entries may exchange their names in one statement.
            models.UniqueConstraint(
                fields=["folder", "parent", "taken"],
                deferrable=models.Deferrable.DEFERRED,
                name="journal_place_has_one_entry",
            ),
        ]
        indexes = [
            models.Index(
                "folder", "number", condition=Q(taken=None), name="journal_of_the_deleted"
            ),
            models.Index(
                *("folder", "parent", IN_SMALL_LETTERS, "taken"),
                condition=Q(taken__isnull=False, kind="folder"),
                name="journal_page_of_folders",
            ),
            models.Index(
                *("folder", "parent", IN_SMALL_LETTERS, "taken"),
                condition=Q(taken__isnull=False) & ~Q(kind="folder"),
                name="journal_page_of_files",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.entry})"


class JournalLine(Stated):
    """One change. Without a kind, it deleted the entry."""

    pk = models.CompositePrimaryKey("folder", "number")
    folder = models.UUIDField()
    number = models.PositiveBigIntegerField()
    entry = models.CharField(**IDENTITY)
    base = models.PositiveBigIntegerField()
    key = models.CharField(**IDENTITY)
    user = models.CharField(max_length=36)
    device = models.CharField(max_length=36, blank=True)
    author = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("folder", "key", name="journal_key_once"),
        ]
        indexes = [
            models.Index("folder", "entry", "number", name="journal_of_an_entry"),
            models.Index("folder", "at", "number", name="journal_by_time"),
            models.Index("folder", "parent", "number", name="journal_in_a_folder"),
        ]

    def __str__(self) -> str:
        return f"{self.folder} {self.number}"
