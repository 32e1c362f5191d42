"""What was deleted from a folder comes back, and a folder becomes what it was at a moment."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sync.server import keeping, trash
from sync.server.acts import wishes
from sync.server.journal.chosen import get_journal
from sync.server.models import Act, Folder, FolderBlob, Member
from tests.app.sync.changing import change, file, folder, identity, sha256
from tests.app.sync.committing import commit
from tests.app.website.foldering import BEFORE, post, present, tree, undo
from tests.people import person

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def deleted(browser, made, **query):
    page = browser.get(reverse("sync:trash", args=[made.pk]), query)
    return [row.name for row in page.context["page"].rows]


def past(made, number, name=""):
    args = [made.pk, number, *([identity(name)] if name else [])]
    return reverse("sync:past", args=args)


def put_back(browser, made, name=""):
    """As it was after its fourth change."""
    data = {"in": identity(name) if name else ""}
    where = reverse("sync:past_restoration", args=[made.pk, 4])
    return browser.post(where, data, follow=True)


def names(page):
    return [row.name for row in page.context["listing"].rows]


def test_nothing_deleted_is_said(her, papers):
    page = her.get(reverse("sync:trash", args=[papers.pk])).content.decode()

    assert "Nothing was deleted" in page
    assert "kept for 90 days" in page


def test_a_deleted_folder_is_one_line_and_comes_back_whole(her, papers):
    post(her, papers, "deletions", "accounts", "a")

    assert sorted(deleted(her, papers)) == ["Accounts", "a.txt"]

    post(her, papers, "restorations", "accounts")
    assert tree(papers) == BEFORE - {"a.txt"}
    assert deleted(her, papers) == ["a.txt"]


def test_what_was_deleted_long_before_its_folder_does_not_come_back_with_it(
    her, papers, monkeypatch
):
    commit(papers, change("sums", 4, None))
    monkeypatch.setattr(wishes, "TOGETHER_MS", -1)
    commit(papers, change("year", 3, None))
    commit(papers, change("accounts", 1, None))

    post(her, papers, "restorations", "accounts")

    assert tree(papers) == {"a.txt", "Accounts"}
    assert deleted(her, papers) == ["2026"]


def test_a_file_comes_back_with_the_folders_it_was_in(her, papers):
    post(her, papers, "deletions", "accounts")

    post(her, papers, "restorations", "sums")

    assert tree(papers) == BEFORE


def test_the_trash_is_shown_in_pages(her, papers, monkeypatch):
    monkeypatch.setattr(trash, "SHOWN", 2)
    monkeypatch.setattr(trash, "READ_AT_ONCE", 2)
    commit(papers, *(change(name, 0, folder(name)) for name in "vwxyz"))
    for number, name in enumerate("vwxyz", start=5):
        commit(papers, change(name, number, None))

    assert deleted(her, papers) == ["z", "y"]
    assert deleted(her, papers, before=13) == ["x", "w"]
    assert deleted(her, papers, before=11) == ["v"]


@pytest.mark.parametrize("page", ["trash", "past", "moments"])
def test_fifty_cost_what_five_do(her, papers, page):
    many = [change(f"n{number}", 0, folder(f"n{number}")) for number in range(50)]
    commit(papers, *many)
    where = reverse(f"sync:{page}", args=[papers.pk, *([54] if page == "past" else [])])

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert her.get(where).status_code == 200
        return len(captured)

    commit(papers, *(change(f"n{number}", 5 + number, None) for number in range(5)))
    few = queries()
    commit(papers, *(change(f"n{number}", 5 + number, None) for number in range(5, 50)))

    assert queries() == few <= 12


def test_who_reads_looks_and_restores_nothing(client, her, papers):
    post(her, papers, "deletions", "a")
    bob = person("bob")
    Member.objects.create(folder=papers, user=bob, role="reader")
    client.force_login(bob)

    assert deleted(client, papers) == ["a.txt"]
    assert post(client, papers, "restorations", "a").status_code == 403


def test_a_folder_is_looked_at_as_it_was(her, papers):
    post(her, papers, "deletions", "accounts")
    commit(papers, change("a", 2, file("b.txt", "two")))

    page = her.get(past(papers, 4))
    assert names(page) == ["Accounts", "a.txt"]
    assert names(her.get(past(papers, 4, "year"))) == ["sums.ods"]
    assert reverse("sync:download", args=[papers.pk, identity("a"), 2]) in page.content.decode()
    assert names(her.get(past(papers, 0))) == []
    assert her.get(past(papers, 2, "year")).status_code == 404
    assert her.get(past(papers, 99)).status_code == 404


def test_a_moment_leads_to_the_folder_as_it_was(her, papers):
    where = reverse("sync:moments", args=[papers.pk])

    page = her.get(where)
    assert [stretch.count for stretch in page.context["stretches"]] == [4]

    later = (timezone.now() + DAY).strftime("%Y-%m-%dT%H:%M")
    assert her.get(where, {"at": later})["Location"] == past(papers, 4)
    assert her.get(where, {"at": "1999-01-01T00:00"}).status_code == 422
    assert her.get(where, {"at": "soon"}).status_code == 422


def test_everything_is_put_back_as_it_was_and_that_is_undone(her, papers):
    post(her, papers, "deletions", "accounts")
    commit(papers, change("a", 2, file("b.txt", "two")), change("new", 0, folder("new")))
    after = tree(papers)

    put_back(her, papers)
    assert tree(papers) == BEFORE
    assert present(papers, "a").state == file("a.txt", "one")

    undo(her, papers)
    assert tree(papers) == after == {"b.txt", "new"}


def test_one_folder_is_put_back_and_what_is_outside_stays(her, papers):
    commit(papers, change("sums", 4, file("sums.ods", "more sums", "year")))
    commit(papers, change("a", 2, file("b.txt", "two")))

    put_back(her, papers, "accounts")

    assert tree(papers) == BEFORE - {"a.txt"} | {"b.txt"}
    assert present(papers, "sums").state == file("sums.ods", "sums", "year")


def test_what_was_moved_out_of_a_folder_comes_back_into_it(her, papers):
    commit(papers, change("sums", 4, file("sums.ods", "sums")))

    put_back(her, papers, "year")

    assert tree(papers) == BEFORE


def test_nothing_to_put_back_is_said(her, papers):
    page = put_back(her, papers)

    assert "as it was then already" in page.content.decode()
    assert get_journal().head(papers.pk) == 4


def holds(made):
    return set(FolderBlob.objects.filter(folder=made).values_list("sha256", flat=True))


@pytest.fixture
def edited(papers):
    """A file was edited and another deleted; all of its contents have been in use since then."""
    commit(papers, change("a", 2, file("a.txt", "two")))
    commit(papers, change("sums", 4, None))
    FolderBlob.objects.filter(folder=papers).update(used_at=timezone.now())
    return papers


def look(made, *, after):
    keeping.look_at(Folder.objects.get(pk=made.pk), now=timezone.now() + after)


OLD = 91 * DAY


def test_what_is_within_its_term_is_kept(edited):
    look(edited, after=89 * DAY)
    look(edited, after=90 * DAY - timedelta(hours=1))

    assert holds(edited) == {sha256("one"), sha256("two"), sha256("sums")}


def test_what_was_replaced_or_deleted_goes_after_its_term_and_a_day(edited, her):
    look(edited, after=OLD)
    assert sha256("one") in holds(edited)

    look(edited, after=OLD + DAY / 2)
    assert sha256("one") in holds(edited)

    look(edited, after=OLD + DAY)
    look(edited, after=OLD + 2 * DAY)
    assert holds(edited) == {sha256("two")}


def test_an_owner_says_how_long(edited, her):
    her.post(reverse("sync:history", args=[edited.pk]), {"days": "7"})
    her.post(reverse("sync:history", args=[edited.pk]), {"days": "0"})

    look(edited, after=8 * DAY)
    look(edited, after=9 * DAY)

    assert holds(edited) == {sha256("two")}


def test_what_is_named_again_before_it_goes_is_kept(edited):
    look(edited, after=OLD)
    commit(edited, change("new", 0, file("c.txt", "one")))

    look(edited, after=OLD + DAY)

    assert holds(edited) == {sha256("one"), sha256("two")}


def test_a_list_of_chunks_stays_as_long_as_its_file():
    kept = [file("a", "now"), folder("b"), None]
    held = {sha256("now"): "list", "list": "", sha256("old"): "old list", "old list": ""}

    assert keeping.expendable(held, kept) == {sha256("old"), "old list"}


def test_a_version_that_is_gone_is_neither_given_nor_put_back(edited, her):
    look(edited, after=OLD)
    look(edited, after=OLD + DAY)
    version = [edited.pk, identity("a"), 2]

    assert "No longer kept" in her.get(reverse("sync:entry", args=version[:2])).content.decode()
    assert her.get(reverse("sync:download", args=version)).status_code == 404
    page = her.post(reverse("sync:restore", args=version), follow=True)
    assert "does not hold these bytes" in page.content.decode()


def test_every_folder_is_looked_at_once_a_day(papers, alice):
    now = timezone.now()

    assert keeping.look_at_folders(now=now) == 1
    assert keeping.look_at_folders(now=now + timedelta(hours=23)) == 0
    assert keeping.look_at_folders(now=now + 2 * DAY) == 1


def test_an_act_tells_what_it_left_alone(her, papers):
    post(her, papers, "deletions", "a")
    commit(papers, change("other", 0, file("a.txt", "other")))
    post(her, papers, "restorations", "a")

    act = Act.objects.latest("created_at")
    page = her.get(reverse("sync:act", args=[papers.pk, act.pk])).content.decode()

    assert "a.txt" in page
    assert "taken there" in page
