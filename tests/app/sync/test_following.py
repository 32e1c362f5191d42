"""Mail to followers: gathered, sent once, and ended by a link."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mediashare.accounts import posting
from mediashare.accounts.models import TroubledAddress
from sync.server import actions, tasks
from sync.server.following import choosing, letters, sending
from sync.server.models import Folder, JournalLine, Member
from sync.server.people import belonging, lifetime
from tests.app.sync.changing import change, file, folder
from tests.app.sync.committing import commit
from tests.app.sync.syncing import Computer, new_folder
from tests.app.website.conftest import browser_of
from tests.people import person

pytestmark = pytest.mark.django_db

NOW = timezone.now()
QUIET = timedelta(minutes=10)
AT_REST, DAILY, NEVER = Member.Mail.AT_REST, Member.Mail.DAILY, Member.Mail.NEVER


@pytest.fixture
def papers(alice):
    return actions.create_folder(owner=alice, name="Papers").folder


@pytest.fixture
def bobs(papers, bob):
    """Bob follows Alice's folder since an hour ago."""
    member = Member.objects.create(folder=papers, user=bob, role="editor")
    choosing.choose(member=member, mail=AT_REST, now=NOW - timedelta(hours=1))
    return member


def add(papers, *names, ago=timedelta(minutes=11), parent=""):
    """As the owner, so long ago."""
    choosing.note_change(papers, now=NOW - ago)
    commit(papers, *(change(name, 0, folder(name, parent)) for name in names))


def links(body):
    return re.findall(r"https?://\S+", str(body))


def test_who_follows_is_told_once_things_have_come_to_rest(papers, bobs):
    add(papers, "Trips", ago=timedelta(minutes=9))
    assert sending.send_due(now=NOW) == 0

    assert sending.send_due(now=NOW + timedelta(minutes=1)) == 1
    assert sending.send_due(now=NOW + timedelta(minutes=2)) == 0

    (sent,) = mail.outbox
    assert sent.to == ["bob@example.org"]
    assert sent.subject == "Papers: Alice made changes"
    assert "Alice added the folder “Trips”, on the website" in sent.body
    assert isinstance(sent, EmailMultiAlternatives)
    html = str(sent.alternatives[0][0])
    assert "added the folder “Trips”" in html
    assert reverse("sync:activity", args=[papers.pk]) in html


def test_several_changes_are_one_mail(papers, bobs):
    add(papers, "Trips")
    commit(
        papers,
        *(change(f"f{n}", 0, file(f"{n}.jpg", str(n), "Trips")) for n in range(120)),
    )

    sending.send_due(now=NOW)

    assert "Alice added 120 files in “Trips”" in mail.outbox[0].body


def test_nobody_is_told_of_what_they_did_themselves(papers, alice, bobs):
    hers = Member.objects.get(user=alice)
    choosing.choose(member=hers, mail=AT_REST, now=NOW - timedelta(hours=1))
    add(papers, "Trips")

    assert sending.send_due(now=NOW) == 1

    assert [each.to for each in mail.outbox] == [["bob@example.org"]]
    # And is looked at no more until somebody changes something.
    assert not Member.objects.following().exists()


def test_who_begins_to_follow_is_not_told_of_what_was(papers, bob):
    add(papers, "Trips")
    member = Member.objects.create(folder=papers, user=bob, role="reader")
    choosing.choose(member=member, mail=AT_REST, now=NOW)

    assert sending.send_due(now=NOW + QUIET) == 0
    add(papers, "Later", ago=-QUIET)
    sending.send_due(now=NOW + 3 * QUIET)

    assert "Later" in mail.outbox[0].body
    assert "Trips" not in mail.outbox[0].body


def test_a_change_that_is_being_written_while_others_are_told_is_told_later(papers, bobs):
    """Begun before the mail, written after it: the folder is looked at again."""
    add(papers, "Trips", ago=timedelta(minutes=61))
    JournalLine.objects.update(at=NOW - timedelta(minutes=61))
    choosing.note_change(papers, now=NOW - timedelta(seconds=1))
    assert sending.send_due(now=NOW) == 1

    commit(papers, change("Late", 0, folder("Late")))
    sending.send_due(now=NOW + QUIET)

    assert [("Trips" in each.body, "Late" in each.body) for each in mail.outbox] == [
        (True, False),
        (False, True),
    ]


def test_once_a_day_is_at_most_once_a_day(papers, bobs):
    choosing.choose(member=bobs, mail=DAILY, now=NOW - timedelta(hours=1))
    add(papers, "Trips")
    assert sending.send_due(now=NOW) == 1

    add(papers, "More", ago=-QUIET)
    assert sending.send_due(now=NOW + 3 * QUIET) == 0
    assert sending.send_due(now=NOW + timedelta(days=1)) == 1

    assert "More" in mail.outbox[1].body


@pytest.mark.parametrize("end", ["left", "deleted", "inactive", "never"])
def test_who_follows_no_more_gets_no_mail(papers, bobs, alice, bob, end):
    add(papers, "Trips")
    if end == "left":
        belonging.end(member=bobs, by=bob, now=NOW)
    elif end == "deleted":
        lifetime.delete(folder=papers, by=alice, now=NOW)
    elif end == "inactive":
        bob.is_active = False
        bob.save()
    else:
        choosing.choose(member=bobs, mail=NEVER, now=NOW)

    assert sending.send_due(now=NOW) == 0
    assert mail.outbox == []


def test_an_address_in_trouble_gets_no_mail(papers, bobs, bob):
    TroubledAddress.objects.note("BOB@example.org", reason="bounce", detail="", at=NOW)
    add(papers, "Trips")

    assert sending.send_due(now=NOW) == 0


def test_what_could_not_be_sent_is_sent_the_next_time(papers, bobs, settings):
    add(papers, "Trips")
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert sending.send_due(now=NOW) == 0
    settings.EMAIL_BACKEND = works
    assert sending.send_due(now=NOW + timedelta(minutes=1)) == 1


def test_a_fault_with_one_mail_holds_up_no_other(papers, bobs, monkeypatch):
    carol = Member.objects.create(folder=papers, user=person("carol"), role="reader")
    choosing.choose(member=carol, mail=AT_REST, now=NOW - timedelta(hours=1))
    add(papers, "Trips")
    send = letters.send_changes

    def fails_for_bob(member, lines, **more):
        if member == bobs:
            raise LookupError("a fault of ours")
        send(member, lines, **more)

    monkeypatch.setattr(letters, "send_changes", fails_for_bob)
    with pytest.raises(LookupError):
        sending.send_due(now=NOW)
    with pytest.raises(LookupError):
        sending.send_due(now=NOW)

    assert [each.to for each in mail.outbox] == [["carol@example.org"]]


@pytest.mark.django_db(transaction=True)
def test_of_two_timers_at_once_one_sends(papers, bobs, monkeypatch):
    """The second begins while the first is sending."""
    add(papers, "Trips")
    second: list[int] = []
    send = posting.send

    def while_another_begins(**words):
        if not second:
            with ThreadPoolExecutor(1) as pool:
                second.append(pool.submit(_in_a_connection_of_its_own).result())
        send(**words)

    monkeypatch.setattr(posting, "send", while_another_begins)
    assert sending.send_due(now=NOW) == 1

    assert second == [0]
    assert len(mail.outbox) == 1


def _in_a_connection_of_its_own():
    try:
        return sending.send_due(now=NOW)
    finally:
        connection.close()


def test_very_many_changes_are_one_short_mail(papers, bobs, monkeypatch):
    monkeypatch.setattr(sending, "MOST_LINES", 5)
    monkeypatch.setattr(letters, "MOST_SENTENCES", 2)
    add(papers, *"abc")
    for name in "abc":
        commit(papers, change(f"in {name}", 0, folder("x", name)))
    commit(papers, change("last", 0, folder("last")))

    sending.send_due(now=NOW)
    sending.send_due(now=NOW + QUIET)

    (sent,) = mail.outbox
    assert "and 5 more changes" in sent.body
    assert Member.objects.get(pk=bobs.pk).told_number == 7


def test_a_commit_over_http_is_told_of(papers, alice, bobs):
    Computer(alice, str(papers.pk)).commit(new_folder("docs"))
    Folder.objects.update(changed_at=timezone.now() - QUIET)

    tasks.tell_followers()
    tasks.tell_followers()

    assert len(mail.outbox) == 1


def test_a_mail_ends_by_one_click_and_without_signing_in(papers, bobs):
    add(papers, "Trips")
    sending.send_due(now=NOW)
    (sent,) = mail.outbox
    link = sent.extra_headers["List-Unsubscribe"]
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link.startswith("<http")
    assert link.strip("<>") in links(sent.body)

    nobody = Client(enforce_csrf_checks=True)
    address = "/" + link.strip("<>").split("/", 3)[3]
    assert nobody.get(address).status_code == 200
    bobs.refresh_from_db()
    assert bobs.mail == AT_REST

    done = nobody.post(address, {"List-Unsubscribe": "One-Click"})

    bobs.refresh_from_db()
    assert (done.status_code, bobs.mail) == (200, NEVER)
    assert nobody.post(address).status_code == 200
    bobs.delete()
    assert nobody.post(address).status_code == 200
    assert nobody.post(address[:-3] + "A/").status_code == 404


def test_how_a_folder_is_followed_is_chosen_on_a_page(papers, bob):
    member = Member.objects.create(folder=papers, user=bob, role="reader")
    his = browser_of(bob)

    assert "Papers" in his.get(reverse("sync:mail")).content.decode()
    his.post(reverse("sync:choose_mail", args=[papers.pk]), {"mail": "daily"})
    his.post(reverse("sync:choose_mail", args=[papers.pk]), {"mail": "hourly"})

    member.refresh_from_db()
    assert member.mail == DAILY
