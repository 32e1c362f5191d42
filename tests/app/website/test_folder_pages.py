"""Pages of synced folders: what is in them, versions of files, and who may do what."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sync.server import actions, browsing, damage
from sync.server.journal.chosen import get_journal
from sync.server.journal.postgresql import PostgresqlJournal
from sync.server.models import Member
from tests.app.sync.changing import NOON, change, file, folder, identity, sha256
from tests.app.sync.committing import commit
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers(alice):
    """Alice's folder with two versions of a file, a folder, and a file in that."""
    made = actions.create_folder(owner=alice, name="Papers").folder
    commit(made, change("inner", 0, folder("Accounts")), change("b", 0, file("b.txt", "one")))
    commit(made, change("deep", 0, file("2026.ods", "sums", "inner")))
    commit(made, change("b", 2, file("b.txt", "three")))
    return made


def entry(made, name):
    return reverse("sync:entry", args=[made.pk, identity(name)])


def version(made, number, *, do="download"):
    return reverse(f"sync:{do}", args=[made.pk, identity("b"), number])


def present(made, name):
    found = get_journal().entry(made.pk, identity(name))
    assert found
    return found


def names(page):
    return [row.name for row in page.context["listing"].rows]


def test_numbers_that_no_version_of_this_file_has_are_not_found(her, papers):
    for number in (0, 1, 3, 99, 2**53, 10**30):
        assert her.get(version(papers, number)).status_code == 404
        assert her.post(version(papers, number, do="restore")).status_code == 404


def test_an_early_version_is_found_without_reading_all_that_came_after(her, papers, monkeypatch):
    """In DynamoDB each step back in a file's history is a request."""
    monkeypatch.delattr(PostgresqlJournal, "history")

    assert her.get(version(papers, 2)).status_code == 302


def test_somebody_without_folders_is_told_how_to_begin(her):
    page = her.get("/folders/")

    assert "No folders yet" in page.content.decode()


def test_a_folder_is_made_and_shown(her, alice):
    page = her.post("/folders/", {"name": "Family"}, follow=True)

    assert Member.objects.get(user=alice).role == "owner"
    assert "Nothing is in here" in page.content.decode()
    assert "Family" in her.get("/folders/").content.decode()


def test_a_folder_without_a_name_is_not_made(her):
    page = her.post("/folders/", {"name": " "})

    assert page.status_code == 422
    assert not Member.objects.exists()


def test_folders_come_first_and_lead_into_each_other(her, papers):
    page = her.get(reverse("sync:folder", args=[papers.pk]))
    assert names(page) == ["Accounts", "b.txt"]

    page = her.get(entry(papers, "inner"))
    assert names(page) == ["2026.ods"]

    page = her.get(entry(papers, "deep"))
    assert entry(papers, "inner") in page.content.decode()


def test_a_very_full_folder_is_shown_in_pages(her, alice, monkeypatch):
    monkeypatch.setattr(browsing, "SHOWN", 2)
    full = actions.create_folder(owner=alice, name="Full").folder
    odd = "d/100% & f?.txt"
    commit(full, *(change(name, 0, folder(name)) for name in "cab"))
    commit(full, *(change(name, 0, file(name[2:], "x")) for name in (odd, "f/Zoe", "f/anna")))
    address = reverse("sync:folder", args=[full.pk])

    shown, at = [], f"{address}?"
    while at:
        page = her.get(at)
        shown.append(names(page))
        more = re.search(r'href="([?]after=[^"]+)">Show more', page.content.decode())
        at = f"{address}{more[1]}" if more else ""

    assert shown == [["a", "b"], ["c", odd[2:]], ["anna", "Zoe"]]
    assert "Back to the first" in page.content.decode()
    for nonsense in ("nonsense", "f/", "f/%00", "d/" + "n" * 800):
        assert names(her.get(f"{address}?after={nonsense}")) == ["a", "b"]
    assert "Nothing comes after that" in her.get(f"{address}?after=f/zz").content.decode()


def test_a_page_of_a_folder_asks_the_same_however_much_is_in_it(her, papers, monkeypatch):
    monkeypatch.setattr(browsing, "SHOWN", 2)
    address = reverse("sync:folder", args=[papers.pk])

    def queries():
        with CaptureQueriesContext(connection) as asked:
            her.get(address)
            her.get(f"{address}?after=f/a")
        return len(asked)

    queries()
    before = queries()
    commit(papers, *(change(f"n{each}", 0, file(f"n{each}", "x")) for each in range(50)))
    assert queries() == before


def test_where_to_move_is_chosen_from_pages(her, papers, monkeypatch):
    monkeypatch.setattr(browsing, "SHOWN", 2)
    commit(papers, *(change(name, 0, folder(name)) for name in ("B", "c", "d")))
    address = reverse("sync:moves", args=[papers.pk])

    def choices(**more):
        page = her.post(address, {"entry": identity("b"), **more})
        return [row.name for row in page.context["choices"]], page.context["following"]

    assert choices(at="") == (["Accounts", "B"], "d/B")
    assert choices(**{"in": "", "after": "d/B"}) == (["c", "d"], "")


def test_every_version_of_a_file_can_be_had(her, papers):
    page = her.get(entry(papers, "b")).content.decode()
    assert version(papers, 2) in page
    assert version(papers, 4) in page

    for number, content in ((2, "one"), (4, "three")):
        address = her.get(version(papers, number))
        parts = urlsplit(address["Location"])
        assert parts.path.endswith(sha256(content))
        assert "b.txt" in parse_qs(parts.query)["response-content-disposition"][0]


def test_a_move_is_told_from_an_edit(her, papers):
    commit(papers, change("b", 4, file("new.txt", "three")))

    page = her.get(entry(papers, "b")).content.decode()

    told = re.findall("(New|Moved or renamed|Changed) by", page)
    assert told == ["Moved or renamed", "Changed", "New"]


@pytest.mark.parametrize("number", [0, 1, 3, 5, 10**12])
def test_what_is_no_version_of_a_file_is_not_found(her, papers, number):
    assert her.get(version(papers, number)).status_code == 404
    assert her.post(version(papers, number, do="restore")).status_code == 404


def test_a_version_is_put_back_and_the_latest_is_kept(her, papers):
    page = her.post(version(papers, 2, do="restore"), follow=True)

    assert "put back" in page.content.decode()
    assert present(papers, "b").state == file("b.txt", "one")
    lines = get_journal().history(papers.pk, identity("b"), limit=9)
    assert [line.number for line in lines] == [5, 4, 2]


def test_a_deleted_file_is_brought_back(her, papers):
    commit(papers, change("b", 4, None))
    assert "was deleted" in her.get(entry(papers, "b")).content.decode()

    her.post(version(papers, 4, do="restore"))

    assert not present(papers, "b").is_deleted


def test_a_version_is_not_put_back_where_its_name_is_taken(her, papers):
    commit(papers, change("b", 4, None), change("c", 0, file("b.txt", "another")))

    page = her.post(version(papers, 4, do="restore"), follow=True)

    assert "taken there" in page.content.decode()
    assert present(papers, "b").is_deleted


def test_a_deleted_folder_is_not_shown(her, papers):
    commit(papers, change("deep", 3, None), change("inner", 1, None))

    assert her.get(entry(papers, "inner")).status_code == 404


def test_who_reads_gets_versions_and_puts_none_back(client, papers):
    bob = person("bob")
    Member.objects.create(folder=papers, user=bob, role="reader")
    client.force_login(bob)

    page = client.get(entry(papers, "b")).content.decode()

    assert version(papers, 2) in page
    assert version(papers, 2, do="restore") not in page
    assert client.post(version(papers, 2, do="restore")).status_code == 403


def test_fifty_files_cost_what_five_do(her, papers):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            her.get(reverse("sync:folder", args=[papers.pk]))
        return len(captured)

    few = queries()
    commit(papers, *(change(f"n{number}", 0, folder(f"n{number}")) for number in range(50)))

    assert queries() == few <= 8


def test_of_damaged_files_people_are_told_once_and_on_every_page(her, papers, bob, mailoutbox):
    Member.objects.create(folder=papers, user=bob, role=Member.Role.EDITOR)
    Member.objects.create(folder=papers, user=person("carol"), role=Member.Role.READER)
    papers.holdings.exclude(sha256=sha256("sums")).update(spoiled_at=NOON)

    assert [damage.tell_all(now=NOON) for _ in range(2)] == [1, 0]

    assert [mail.to for mail in mailoutbox] == [["alice@example.org"], ["bob@example.org"]]
    where = reverse("sync:entry", args=[papers.pk, identity("b")])
    assert f"b.txt\n{settings.SITE_URL}{where}\n" in mailoutbox[0].body
    assert "2026.ods" not in mailoutbox[0].body
    assert "Damaged" in her.get(reverse("sync:folder", args=[papers.pk])).content.decode()
    page = her.get(where).content.decode()
    assert "is damaged" in page
    assert page.count(">Damaged<") == 2
    assert "No longer kept" not in page
    assert reverse("sync:download", args=[papers.pk, identity("b"), 4]) not in page


def test_damage_that_nobody_could_be_told_of_is_told_of_later(papers, monkeypatch, mailoutbox):
    papers.holdings.update(spoiled_at=NOON)
    with monkeypatch.context() as away:
        away.setattr(EmailMultiAlternatives, "send", _refused)
        assert damage.tell_all(now=NOON) == 0

    assert damage.tell_all(now=NOON) == 1
    assert len(mailoutbox) == 1


def _refused(mail):
    raise OSError("the mail server is away")
