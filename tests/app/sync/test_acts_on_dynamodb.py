"""Acts, trash, rewinding and the end of history with a journal in DynamoDB, by their pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from sync.server import actions, keeping
from sync.server.journal.chosen import get_journal
from sync.server.models import FolderBlob, JournalLine
from tests.app.sync.changing import change, file, folder, sha256
from tests.app.sync.committing import commit
from tests.app.website.conftest import browser_of
from tests.app.website.foldering import BEFORE, post, present, tree, undo

pytestmark = pytest.mark.django_db

DAYS = timedelta(days=1)


@pytest.mark.parametrize(
    "journal",
    [pytest.param("ministack", marks=pytest.mark.xdist_group("ministack"))],
    indirect=True,
)
def test_a_folder_is_emptied_brought_back_rewound_and_its_past_ends(journal, alice, settings):
    settings.SYNC_JOURNAL = "dynamodb"
    her, made = browser_of(alice), actions.create_folder(owner=alice, name="Papers").folder
    commit(made, change("accounts", 0, folder("Accounts")), change("a", 0, file("a.txt", "one")))
    commit(made, change("year", 0, folder("2026", "accounts")))
    commit(made, change("sums", 0, file("sums.ods", "sums", "year")))
    head = get_journal().head(made.pk)
    assert not JournalLine.objects.exists()

    post(her, made, "deletions", "accounts", "a")
    assert tree(made) == set()
    page = her.get(reverse("sync:trash", args=[made.pk]))
    assert {row.name for row in page.context["page"].rows} == {"Accounts", "a.txt"}
    post(her, made, "restorations", "accounts")
    assert tree(made) == BEFORE - {"a.txt"}
    undo(her, made)
    assert tree(made) == set()

    her.post(reverse("sync:past_restoration", args=[made.pk, head]))
    assert tree(made) == BEFORE
    commit(made, change("a", present(made, "a").number, file("a.txt", "2")))

    FolderBlob.objects.update(used_at=timezone.now())
    for days in (100, 102):
        keeping.look_at(made, now=timezone.now() + days * DAYS)
    held = set(FolderBlob.objects.values_list("sha256", flat=True))
    assert held == {sha256("sums"), sha256("2")}
