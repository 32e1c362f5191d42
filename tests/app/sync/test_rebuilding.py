"""What the database has lost of folders comes back from the bucket, as it was."""

from contextlib import ExitStack, closing
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from mediashare.accounts.models import User
from mediashare.aws import s3
from mediashare.storage.models import Blob
from sync.client.asking import Asking
from sync.server import copying, rebuilding
from sync.server.journal.chosen import get_journal
from sync.server.models import (
    Folder,
    FolderBlob,
    JournalCopy,
    JournalEntry,
    JournalHead,
    JournalLine,
    Member,
)
from tests.app.sync.changing import folder
from tests.app.sync.syncing import Computer, new_file, new_folder, sha256, without
from tests.people import person
from tests.synced import Synced
from tests.uploading import token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("buckets")]


@pytest.fixture
def hers():
    """Alice's computer, with a folder that Bob may read, in which much has happened."""
    computer = Computer(person("alice"))
    computer.make_folder("Papers")
    Member.objects.create(folder_id=computer.folder_id, user=person("bob"), role=Member.Role.READER)
    computer.send(b"dear bob", b"dear carol", b"")
    computer.commit(new_folder("docs"), new_file("notes.txt", b"dear bob", parent="docs"))
    computer.commit(new_file("notes.txt", b"dear carol", base=2), new_file("empty", b""))
    computer.commit(without("empty", 4))
    return computer


def rows(computer):
    """All that the database knows of a folder, but for what is only noted of its bytes."""
    journal, folder_id = get_journal(), Folder.objects.get().pk
    held = FolderBlob.objects.order_by("sha256")
    return {
        "folder": Folder.objects.values_list("name", "owner_id", "created_at").get(),
        "members": sorted(Member.objects.values_list("user_id", "role", "created_at")),
        "lines": journal.since(folder_id, 0, limit=100),
        "entries": sorted(JournalEntry.objects.values_list("entry", "number", "taken", "name")),
        "before": sorted(each.state.name for each in journal.tree(folder_id, at=2)),
        "held": list(held.values_list("sha256", "blob__key", "blob__size_bytes", "chunks")),
        "used": User.objects.get(email="alice@example.org").used_bytes,
    }


def lose_everything():
    for model in (FolderBlob, Blob, Member, Folder, JournalEntry, JournalLine, JournalHead):
        model.objects.all().delete()
    User.objects.all().delete()


def test_a_folder_is_rebuilt_as_it_was_from_the_bucket_alone(hers):
    before = rows(hers)
    assert copying.copy_due() == 1
    lose_everything()

    said = StringIO()
    call_command("rebuild_folders", stdout=said)

    assert rows(hers) == before
    assert said.getvalue() == f"{hers.folder_id}: Papers, 5 changes\n"
    assert not User.objects.get(email="bob@example.org").has_usable_password()


@pytest.mark.django_db(transaction=True)
def test_clients_go_on_after_a_rebuild_and_bring_what_was_lost(live_server, tmp_path):
    alice = person("alice")
    computer = Computer(alice)
    folder_id = computer.make_folder("Papers")
    with ExitStack() as open_ones:
        asking = open_ones.enter_context(closing(Asking(live_server.url, token_of(alice, "sync"))))
        laptop, desk = (
            Synced(tmp_path / name, asking, folder_id, open_ones) for name in ("laptop", "desk")
        )
        (laptop.root / "notes.txt").write_text("dear bob")
        laptop.sync()
        copying.copy_due()
        (laptop.root / "late.txt").write_text("not copied yet")
        laptop.sync()
        desk.sync()
        for model in (FolderBlob, Blob, Member, Folder, JournalEntry, JournalLine, JournalHead):
            model.objects.all().delete()
        User.objects.update(used_bytes=0)

        rebuilding.rebuild(*rebuilding.in_bucket(), now=timezone.now())

        assert get_journal().head(Folder.objects.get().pk) == 1
        assert desk.sync() == len(b"not copied yet")
        assert laptop.sync() == 0
        assert (
            desk.files()
            == laptop.files()
            == {"notes.txt": b"dear bob", "late.txt": b"not copied yet"}
        )


def test_only_what_is_new_is_copied(hers):
    copying.copy_due()
    assert copying.copy_due() == 0

    hers.send(b"new")
    hers.commit(new_file("new.txt", b"new"))
    assert copying.copy_due() == 1

    prefix = copying.prefix_of(Folder.objects.get().pk)
    keys = sorted(s3.keys(bucket=settings.ORIGINALS_BUCKET, prefix=prefix))
    assert [key.rpartition("/")[2][:31] for key in keys] == [
        "000000000000001-000000000000005",
        "000000000000006-000000000000006",
    ]
    copying.forget(Folder.objects.get().pk)
    assert rebuilding.in_bucket() == []


def test_what_changes_while_it_is_copied_is_copied_the_next_time(hers, monkeypatch):
    folder, copy = Folder.objects.get(), copying._copy

    def copy_while_somebody_commits(copied):
        copy(copied)
        copying.note(folder, now=timezone.now() + timedelta(seconds=1))

    monkeypatch.setattr(copying, "_copy", copy_while_somebody_commits)
    copying.copy_due()

    assert JournalCopy.objects.get().due_at is not None


def test_segments_that_overlap_after_a_crash_are_harmless(hers):
    before = rows(hers)
    copying.copy_due()
    hers.commit(without("notes.txt", 3))
    JournalCopy.objects.update(number=0)
    copying.copy_due()
    lose_everything()

    rebuilding.rebuild(*rebuilding.in_bucket(), now=timezone.now())

    assert rows(hers)["lines"][:5] == before["lines"]
    assert len(rows(hers)["lines"]) == 6


def test_numbers_that_were_given_anew_after_a_backup_came_back_are_rebuilt_as_they_are(hers):
    copying.copy_due()
    backup = [*JournalEntry.objects.all(), *JournalHead.objects.all(), *JournalCopy.objects.all()]
    hers.commit(new_folder("lost"))
    copying.copy_due()
    hers.commit(new_folder("lost too"))
    copying.copy_due()
    JournalLine.objects.filter(number__gt=5).delete()
    JournalEntry.objects.all().delete()
    for row in backup:
        row.save()
    hers.commit(new_folder("anew"))
    copying.copy_due()
    before = rows(hers)
    lose_everything()

    rebuilding.rebuild(*rebuilding.in_bucket(), now=timezone.now())

    assert rows(hers) == before
    assert before["lines"][-1].after == folder("anew")


def test_bytes_that_the_bucket_has_lost_are_named(hers):
    copying.copy_due()
    key = FolderBlob.objects.get(sha256=sha256(b"dear bob")).blob.key
    s3.delete(bucket=settings.ORIGINALS_BUCKET, key=key)
    lose_everything()

    made = rebuilding.rebuild(*rebuilding.in_bucket(), now=timezone.now())

    assert made.missing == [sha256(b"dear bob")]
    assert User.objects.get(email="alice@example.org").used_bytes == len(b"dear carol")


def test_what_is_there_is_never_overwritten_and_a_gap_is_named(hers):
    copying.copy_due()
    before = rows(hers)
    call_command("rebuild_folders", stdout=StringIO())
    assert rows(hers) == before

    hers.commit(without("notes.txt", 3))
    copying.copy_due()
    prefix = copying.prefix_of(Folder.objects.get().pk)
    first = min(s3.keys(bucket=settings.ORIGINALS_BUCKET, prefix=prefix))
    s3.delete(bucket=settings.ORIGINALS_BUCKET, key=first)
    lose_everything()
    with pytest.raises(rebuilding.CannotRebuild, match="Change 1 is not in the bucket"):
        rebuilding.rebuild(*rebuilding.in_bucket(), now=timezone.now())
