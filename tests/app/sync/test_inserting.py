"""Rows that are put in column by column are those that would have been saved one by one."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, transaction

from mediashare.storage.models import Blob
from sync.server.inserting import insert

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def blob(owner, name, **fields):
    return Blob(
        owner=owner, key=name, size_bytes=len(name), content_type="", created_at=NOW, **fields
    )


@pytest.mark.parametrize("names", [[], ["one"], ['"two"', "{three}, \\ %s"]], ids=len)
def test_rows_are_there_as_they_were_made(alice, names):
    made = [
        blob(alice, name, sha256_checked_at=NOW if at else None) for at, name in enumerate(names)
    ]

    insert(made)

    assert list(Blob.objects.order_by("pk").values()) == [
        {field.attname: getattr(each, field.attname) for field in Blob._meta.concrete_fields}
        for each in sorted(made, key=lambda each: each.pk)
    ]


def test_what_is_there_already_is_left(alice):
    insert([blob(alice, "old")])
    before = Blob.objects.get()

    insert([blob(alice, "old"), blob(alice, "new")], ignore_conflicts=True)

    assert Blob.objects.get(key="old") == before
    assert Blob.objects.filter(key="new").exists()


def test_what_is_too_long_is_not_cut(alice):
    rows = [blob(alice, "short"), blob(alice, "long" * 100)]

    with pytest.raises(DataError), transaction.atomic():
        insert(rows)

    assert not Blob.objects.exists()
