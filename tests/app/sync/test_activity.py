"""What was done in a folder, page by page, in words."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mediashare.accounts.models import ApiToken, Device
from sync.protocol.messages import Author
from sync.server import actions
from sync.server.activity import reading, telling
from sync.server.journal.chosen import get_journal
from sync.server.models import FolderEvent, Member
from sync.server.people import lifetime
from tests.app.sync.changing import change, file, folder, identity
from tests.app.sync.committing import commit
from tests.app.sync.syncing import Computer, new_folder
from tests.app.website.conftest import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers(alice):
    return actions.create_folder(owner=alice, name="Papers").folder


def folders(papers, *names, parent=""):
    commit(papers, *(change(name, 0, folder(name, parent)) for name in names))


def said(papers, **more):
    page = reading.page(papers.pk, **more)
    return [str(each) for each in telling.sentences(page, told_to_owner=True)]


def test_an_empty_folder_has_no_activity(papers):
    assert said(papers) == []


def test_runs_are_told_with_their_place(papers, alice):
    folders(papers, "Trips")
    commit(papers, *(change(f"f{n}", 0, file(f"{n}.jpg", str(n), "Trips")) for n in range(120)))
    commit(papers, change("f0", 2, None))

    assert said(papers) == [
        "Alice deleted “0.jpg” in “Trips”",
        "Alice added 120 files in “Trips”",
        "Alice added the folder “Trips”",
    ]


def test_a_device_is_told_by_its_name(alice, papers):
    computer = Computer(alice, str(papers.pk))
    get_journal().commit(
        papers.pk,
        [change("docs", 0, folder("docs"))],
        author=Author(str(alice.pk), "Alice", _device(alice)),
        held={},
        now=timezone.now(),
    )
    folders(papers, "more")

    page = computer.get("/activity").json()

    assert [(each["said"], each.get("device_name", "")) for each in page["deeds"]] == [
        ("added the folder “more”", ""),
        ("added the folder “docs”", "Laptop"),
    ]


def _device(user):
    token = ApiToken.objects.create(owner=user, name="Laptop", scopes=["sync"], digest="d")
    return str(Device.objects.create(token=token).pk)


def test_pages_follow_on_each_other_and_events_are_in_one_of_them(papers, alice, monkeypatch):
    monkeypatch.setattr(reading, "LINES_AT_ONCE", 2)
    for name in "abc":
        folders(papers, name)
        lifetime.rename(folder=papers, name=f"Papers {name}", by=alice, now=timezone.now())
    folders(papers, "d", "e")

    first = reading.page(papers.pk)
    second = reading.page(papers.pk, before=first.before)
    third = reading.page(papers.pk, before=second.before)

    assert [run.count for page in (first, second, third) for run in page.runs] == [2, 2, 1]
    assert third.before is None
    events = [event.pk for page in (first, second, third) for event in page.events]
    assert sorted(events) == sorted(FolderEvent.objects.values_list("pk", flat=True))


def test_the_page_shows_who_did_what_and_leads_there(alice, papers):
    folders(papers, "Trips")
    folders(papers, "2026", parent="Trips")

    page = browser_of(alice).get(reverse("sync:activity", args=[papers.pk])).content.decode()

    assert "Alice" in page
    assert "added the folder “2026”" in page
    assert reverse("sync:entry", args=[papers.pk, identity("Trips")]) in page


def test_what_was_deleted_leads_nowhere(alice, papers):
    folders(papers, "Trips")
    commit(papers, change("Trips", 1, None))

    page = browser_of(alice).get(reverse("sync:activity", args=[papers.pk])).content.decode()

    assert reverse("sync:entry", args=[papers.pk, identity("Trips")]) not in page


def test_addresses_of_who_was_asked_are_for_the_owner_alone(papers, alice, bob):
    Member.objects.create(folder=papers, user=bob, role="reader")
    FolderEvent.objects.create(
        folder=papers,
        kind="invited",
        at=timezone.now() - timedelta(hours=1),
        actor=alice,
        actor_name="Alice",
        subject="carol@example.org",
        outcome="reader",
    )
    address = reverse("sync:activity", args=[papers.pk])

    assert "carol@example.org" in browser_of(alice).get(address).content.decode()
    assert "carol@example.org" not in browser_of(bob).get(address).content.decode()
    assert "carol" not in Computer(bob, str(papers.pk)).get("/activity").content.decode()


def test_the_api_goes_on_page_by_page(alice, monkeypatch):
    monkeypatch.setattr(reading, "LINES_AT_ONCE", 2)
    computer = Computer(alice)
    computer.make_folder("Papers")
    computer.commit(*(new_folder(name) for name in "abc"))

    first = computer.get("/activity").json()
    second = computer.get(f"/activity?before={first['before']}").json()

    assert [each["count"] for each in (*first["deeds"], *second["deeds"])] == [2, 1]
    assert second["before"] is None
    assert computer.get("/activity?before=x").status_code == 400


def test_five_hundred_changes_cost_what_five_do(alice, papers):
    address = reverse("sync:activity", args=[papers.pk])
    her = browser_of(alice)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert her.get(address).status_code == 200
        return len(captured)

    folders(papers, *(f"a{number}" for number in range(5)))
    few = queries()
    for number in range(45):
        folders(papers, *(f"b{number}-{each}" for each in range(10)))

    assert queries() == few <= 13
