"""The pages of a folder's people, and of who is asked into one."""

import re
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mediashare.accounts.models import User
from sync.server import actions
from sync.server.models import Folder, Invitation, Member
from sync.server.people import inviting, letters
from tests.people import PASSWORD, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers(alice):
    return actions.create_folder(owner=alice, name="Papers").folder


def address(name, *parts):
    return reverse(f"sync:{name}", args=parts)


def join(papers, user, role="editor"):
    return Member.objects.create(folder=papers, user=user, role=role)


def invite(her, papers, email="carol@example.org", role="editor"):
    return her.post(address("people", papers.pk), {"email": email, "role": role}, follow=True)


def link():
    """The address in the latest mail."""
    found = re.search(r"/folders/invited/\S+", str(mail.outbox[-1].body))
    assert found
    return found[0]


def test_the_owner_sees_everybody_and_who_is_asked(her, papers, bob):
    join(papers, bob)

    page = invite(her, papers).content.decode()

    assert "carol@example.org is invited" in page
    assert "bob@example.org" in page
    assert "Withdraw" in page


def test_a_member_sees_names_and_may_leave_only(his, papers, bob):
    join(papers, bob)
    Invitation.objects.all()

    page = his.get(address("people", papers.pk)).content.decode()

    assert "Alice" in page
    assert "alice@example.org" not in page
    assert "Leave this folder" in page
    assert "Send invitation" not in page


def test_an_address_that_is_too_long_to_be_kept_is_refused(her, papers):
    page = invite(her, papers, f"{'carol' * 50}@example.org")

    assert page.status_code == 422
    assert mail.outbox == []


@pytest.mark.parametrize("name", ["Papers\n\nPay here: https://evil.example", "Pa\u202epers"])
def test_no_name_breaks_or_turns_the_lines_of_a_mail_to_strangers(her, papers, alice, name):
    her.post(address("folder_list"), {"name": name})
    her.post(address("rename", papers.pk), {"name": name})
    her.post(reverse("accounts:profile"), {"name": name})

    alice.refresh_from_db()
    assert [each.name for each in Folder.objects.all()] == ["Papers"]
    assert alice.name == "Alice"


def test_who_is_in_the_folder_is_not_invited_again(her, papers, bob):
    join(papers, bob)

    page = her.post(address("people", papers.pk), {"email": "BOB@example.org", "role": "reader"})

    assert page.status_code == 422
    assert "in the folder already" in page.content.decode()
    assert mail.outbox == []


def test_roles_are_given_and_members_removed(her, papers, bob):
    joined = join(papers, bob)

    her.post(address("role", papers.pk, bob.pk), {"role": "reader"})
    joined.refresh_from_db()
    assert joined.role == "reader"
    her.post(address("role", papers.pk, bob.pk), {"role": "owner"})
    joined.refresh_from_db()
    assert joined.role == "reader"

    page = her.post(address("removal", papers.pk, bob.pk), follow=True)
    assert "Bob is no longer in this folder" in page.content.decode()
    assert not Member.objects.filter(user=bob).exists()


def test_a_member_leaves(his, papers, bob):
    join(papers, bob)

    page = his.post(address("removal", papers.pk, bob.pk), follow=True)

    assert "You have left “Papers”" in page.content.decode()
    assert his.get(address("folder", papers.pk)).status_code == 404


def test_an_invitation_is_withdrawn(her, papers, client):
    invite(her, papers)
    asked = Invitation.objects.get()

    her.post(address("withdraw", papers.pk, asked.pk))

    assert client.get(link()).status_code == 404


def test_who_is_signed_in_accepts_by_the_link_with_whatever_address(her, papers, his, bob):
    invite(her, papers)

    page = his.get(link()).content.decode()
    assert "You are signed in as bob@example.org" in page
    answered = his.post(f"{link()}answer/", {"answer": "accept"}, follow=True)

    assert "You are in “Papers” now" in answered.content.decode()
    assert Member.objects.get(user=bob).role == "editor"
    assert his.get(link()).status_code == 404


def test_an_invitation_in_the_list_is_declined(her, papers, his):
    invite(her, papers, "bob@example.org")

    page = his.get("/folders/").content.decode()
    assert "<bdi>Alice</bdi> asks you into this folder" in page
    his.post(address("answer", Invitation.objects.get().pk), {"answer": "decline"})

    assert not Invitation.objects.exists()
    assert Member.objects.count() == 1


def test_who_has_no_account_makes_one_and_is_let_in_without_another_mail(her, papers, client):
    invite(her, papers, "Carol@example.org")
    page = client.get(link()).content.decode()
    assert f"/account/signup/?next={link()}" in page

    form = {"email": "carol@example.org", "password1": PASSWORD, "next": link()}
    signed_up = client.post("/account/signup/", form, follow=True)
    client.post(f"{link()}answer/", {"answer": "accept"})

    assert signed_up.redirect_chain[-1][0] == link()
    assert Member.objects.get(user__email="carol@example.org").role == "editor"


def test_another_address_is_not_proven_by_the_invitation(her, papers, client):
    """Whoever signs up gets the address that the mail went to, and no other."""
    invite(her, papers)
    client.get(link())

    form = {"email": "mallory@example.org", "password1": PASSWORD}
    client.post("/account/signup/", form, follow=True)

    made = User.objects.exclude(email="alice@example.org").get()
    proven = EmailAddress.objects.filter(user=made, verified=True)
    assert [each.email for each in proven] == ["carol@example.org"]


def test_a_forged_address_says_as_little_as_an_old_one(her, papers, client):
    invite(her, papers)
    signed, dot, signature = link().rpartition(".")
    forged = f"{signed}{dot}{signature.swapcase()}"

    assert client.get(forged).status_code == 404
    assert "Papers" not in client.get(forged).content.decode()


def test_the_owner_who_opens_the_link_does_not_use_it_up(her, papers):
    invite(her, papers)

    her.post(f"{link()}answer/", {"answer": "accept"})

    assert Invitation.objects.count() == 1


def test_the_owner_renames_the_folder(her, papers):
    page = her.post(address("rename", papers.pk), {"name": "Files"}, follow=True)

    assert "Files" in page.content.decode()
    her.post(address("rename", papers.pk), {"name": " "})
    assert Folder.objects.get().name == "Files"


def test_a_folder_is_deleted_by_its_name_and_brought_back(her, papers):
    her.post(address("delete", papers.pk), {"name": "Paper"})
    assert her.get(address("folder", papers.pk)).status_code == 200

    page = her.post(address("delete", papers.pk), {"name": "Papers"}, follow=True)
    assert "Bring back" in page.content.decode()
    assert her.get(address("folder", papers.pk)).status_code == 404

    her.post(address("bring_back", papers.pk))
    assert her.get(address("folder", papers.pk)).status_code == 200


def test_fifty_people_cost_what_five_do(her, papers):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            her.get(address("people", papers.pk))
        return len(captured)

    for number in range(5):
        join(papers, person(f"p{number}"))
    few = queries()
    for number in range(5, 50):
        join(papers, person(f"p{number}"))

    assert queries() == few <= 8


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_ask_one_address_send_one_after_the_other(papers, alice, monkeypatch):
    """Each sees what the other did: neither fails, and nobody asks more than a day allows."""
    sent, tabs, send = [], [], letters.send_invitation

    def ask():
        inviting.invite(
            folder=papers,
            email="carol@example.org",
            role=Invitation.Role.EDITOR,
            by=alice,
            now=timezone.now(),
        )

    def in_the_other_tab():
        try:
            ask()
        finally:
            connection.close()

    def send_while_the_other_tab_asks(invitation, *, token):
        sent.append(token)
        if len(sent) == 1:
            tabs.append(elsewhere.submit(in_the_other_tab))
            while not (tabs[0].done() or somebody_waits_for_a_lock()):
                sleep(0.01)
        send(invitation, token=token)

    monkeypatch.setattr(letters, "send_invitation", send_while_the_other_tab_asks)
    with ThreadPoolExecutor(1) as elsewhere:
        ask()
    tabs[0].result()

    assert inviting.token_of(Invitation.objects.get()) == sent[1]


def somebody_waits_for_a_lock():
    """Of this test's database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0
