"""People of a folder in the protocol: asked in, let in, given roles, shown out, and its end."""

import re
from contextlib import ExitStack, closing
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from mediashare.accounts.models import ApiToken, Device
from sync.client.asking import Asking
from sync.client.connection import Connection
from sync.protocol import messages
from sync.protocol.messages import Author
from sync.server import actions, sweeping, tasks
from sync.server.models import Folder, FolderEvent, Invitation, JournalLine, Member
from sync.server.people import api as people_api
from sync.server.people import inviting, lifetime
from tests.app.sync.changing import change
from tests.app.sync.syncing import Computer, new_folder, pages_of
from tests.people import person
from tests.uploading import token_of

pytestmark = pytest.mark.django_db

BOBS = "bob@example.org"


@pytest.fixture
def hers(alice):
    """Alice's computer, with a folder."""
    computer = Computer(alice)
    computer.make_folder("Papers")
    return computer


@pytest.fixture
def his(bob):
    return Computer(bob)


def invite(computer, email=BOBS, role="editor"):
    return computer.post("/invitations", {"email": email, "role": role})


def accept(computer):
    """Accept the only invitation; its folder is the computer's from then on."""
    (asked,) = computer.client.get("/sync/v1/invitations").json()["invitations"]
    answer = computer.client.post(f"/sync/v1/invitations/{asked['id']}/acceptance")
    assert answer.status_code == 200, answer.content
    computer.folder_id = asked["folder"]


def member(computer, user):
    return f"/sync/v1/folders/{computer.folder_id}/people/{user.pk}"


def patch(computer, address, body):
    return computer.client.patch(address, body, format="json")


def test_somebody_is_invited_accepts_and_may_do_what_the_role_says(hers, his, bob):
    assert invite(hers).status_code == 201
    asked = his.client.get("/sync/v1/invitations").json()["invitations"]
    assert (asked[0]["folder_name"], asked[0]["invited_by"]) == ("Papers", "Alice")

    accept(his)

    assert his.get().json()["role"] == "editor"
    his.commit(new_folder("docs"))
    members = hers.get("/people").json()["members"]
    assert [(each["name"], each["role"]) for each in members] == [
        ("Alice", "owner"),
        ("Bob", "editor"),
    ]
    assert his.client.get("/sync/v1/invitations").json() == {"invitations": []}


def test_all_people_are_told_a_page_at_a_time(hers, monkeypatch):
    monkeypatch.setattr(people_api, "MEMBERS_AT_ONCE", 2)
    for name in ("bob", "carol", "dave", "erin"):
        Member.objects.create(folder_id=hers.folder_id, user=person(name))
    invite(hers, "frank@example.org")

    told = pages_of(hers, f"folders/{hers.folder_id}/people")

    assert [len(page["members"]) for page in told] == [2, 2, 1]
    names = {each["name"] for page in told for each in page["members"]}
    assert names == {"Alice", "Bob", "Carol", "Dave", "Erin"}
    assert [len(page["invitations"]) for page in told] == [1, 0, 0]
    assert hers.get("/people?after=x").status_code == 400


def test_addresses_are_for_the_owner_alone(hers, his):
    invite(hers)
    accept(his)
    invite(hers, "carol@example.org", "reader")

    told_her, told_him = hers.get("/people").json(), his.get("/people").json()

    assert [each["email"] for each in told_her["members"]] == ["alice@example.org", BOBS]
    assert told_her["invitations"][0]["email"] == "carol@example.org"
    assert not any("email" in each for each in told_him["members"])
    assert told_him["invitations"] == []


def test_an_invitation_is_seen_by_who_has_proven_the_address_alone(hers):
    invite(hers, "carol@example.org")
    carol = person("carol")
    EmailAddress.objects.filter(user=carol).update(verified=False)
    computer = Computer(carol)

    assert computer.client.get("/sync/v1/invitations").json() == {"invitations": []}
    asked = Invitation.objects.get()
    address = f"/sync/v1/invitations/{asked.pk}/acceptance"
    assert computer.client.post(address).status_code == 404

    EmailAddress.objects.filter(user=carol).update(verified=True)
    assert computer.client.post(address).status_code == 200


def test_asking_again_sends_another_mail_and_the_link_before_is_void(hers):
    invite(hers)
    first = inviting.token_of(Invitation.objects.get())
    invite(hers, "BOB@example.org", "reader")

    assert len(mail.outbox) == 2
    assert Invitation.objects.get().role == "reader"
    with pytest.raises(inviting.NoInvitation):
        inviting.behind(first, now=timezone.now())


def test_an_invitation_is_good_once_and_for_two_weeks(hers, alice, bob):
    invite(hers)
    asked, now = Invitation.objects.get(), timezone.now()
    token = inviting.token_of(asked)

    with pytest.raises(inviting.NoInvitation):
        inviting.behind(token, now=now + timedelta(days=15))
    inviting.accept(invitation=inviting.behind(token, now=now), user=bob, now=now)
    with pytest.raises(inviting.NoInvitation):
        inviting.accept(invitation=asked, user=person("carol"), now=now)
    with pytest.raises(inviting.NoInvitation):
        inviting.behind(token, now=now)


def test_who_is_removed_does_not_come_back_by_an_invitation_to_another_address(hers, his, bob):
    EmailAddress.objects.create(user=bob, email="bob@work.example.org", verified=True)
    invite(hers)
    accept(his)
    invite(hers, "Bob@work.example.org")
    invite(hers, "carol@example.org")
    link = inviting.token_of(Invitation.objects.get(email__iexact="bob@work.example.org"))

    hers.client.delete(member(hers, bob))

    assert his.client.get("/sync/v1/invitations").json() == {"invitations": []}
    with pytest.raises(inviting.NoInvitation):
        inviting.behind(link, now=timezone.now())
    assert [each.email for each in Invitation.objects.all()] == ["carol@example.org"]


def test_invitations_that_are_over_are_forgotten(hers):
    invite(hers)

    assert inviting.forget_old(now=timezone.now()) == 0
    assert inviting.forget_old(now=timezone.now() + timedelta(days=15)) == 1


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ({"email": "no address", "role": "editor"}, 400, "malformed"),
        ({"email": "a@b", "role": "editor"}, 400, "malformed"),
        ({"email": BOBS, "role": "owner"}, 400, "malformed"),
        ({"email": "alice@example.org", "role": "reader"}, 409, "already-inside"),
    ],
)
def test_who_cannot_be_invited(hers, body, status, problem):
    answer = hers.post("/invitations", body)

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    assert "regex" not in answer.json()["detail"]
    assert mail.outbox == []


def test_a_mail_that_cannot_be_sent_invites_nobody(hers, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    answer = invite(hers)

    assert answer.json()["type"] == "/problems/mail-not-sent"
    assert not Invitation.objects.exists()
    assert not FolderEvent.objects.exists()


def test_a_day_has_so_many_invitations_and_withdrawing_makes_no_room(hers, monkeypatch):
    monkeypatch.setattr(inviting, "MOST_A_DAY", 2)
    for name in ("bob", "carol"):
        made = invite(hers, f"{name}@example.org").json()
        address = f"/sync/v1/folders/{hers.folder_id}/invitations/{made['id']}"
        assert hers.client.delete(address).status_code == 204

    answer = invite(hers, "dave@example.org")

    assert (answer.status_code, answer.json()["type"]) == (429, "/problems/too-many-invitations")
    assert len(mail.outbox) == 2


def test_nobody_gets_more_than_a_few_invitations_of_one_person_in_a_day(hers):
    for _ in range(inviting.MOST_TO_ONE):
        assert invite(hers, "carol@example.org").status_code == 201

    assert invite(hers, "Carol@Example.org").status_code == 429

    assert len(mail.outbox) == inviting.MOST_TO_ONE
    assert invite(hers, "dave@example.org").status_code == 201


def test_a_role_is_changed_and_holds_at_once(hers, his, bob):
    invite(hers)
    accept(his)

    changed = patch(hers, member(hers, bob), {"role": "reader"})

    assert changed.json()["role"] == "reader"
    assert his.post("/commit", {"changes": [new_folder("docs")]}).status_code == 403
    assert his.post("/credentials").json()["may_send"] is False


def test_who_is_removed_finds_the_folder_nowhere(hers, his, bob):
    invite(hers)
    accept(his)

    assert hers.client.delete(member(hers, bob)).status_code == 204

    assert {his.get(path).status_code for path in ("", "/changes", "/tree", "/people")} == {404}
    assert his.post("/credentials").json()["detail"] == (
        "There is no such folder, or it is not for you any more."
    )
    assert his.client.get("/sync/v1/folders").json() == {"folders": []}


def test_somebody_leaves_and_the_owner_stays(hers, his, alice, bob):
    invite(hers)
    accept(his)

    assert his.client.delete(member(his, alice)).status_code == 403
    assert his.client.delete(member(his, bob)).status_code == 204
    stays = hers.client.delete(member(hers, alice))

    assert stays.json()["type"] == "/problems/owner-stays"
    assert patch(hers, member(hers, alice), {"role": "reader"}).status_code == 409
    assert [each.user for each in Member.objects.all()] == [alice]


def test_a_folder_gets_another_name(hers):
    renamed = patch(hers, f"/sync/v1/folders/{hers.folder_id}", {"name": "Files"})

    assert renamed.json()["name"] == hers.get().json()["name"] == "Files"
    event = FolderEvent.objects.get()
    assert (event.kind, event.subject, event.outcome) == ("renamed", "Papers", "Files")


def test_a_deleted_folder_is_gone_for_all_and_comes_back_whole(hers, his):
    invite(hers)
    accept(his)
    hers.commit(new_folder("docs"))
    address = f"/sync/v1/folders/{hers.folder_id}"

    assert hers.client.delete(address).status_code == 204

    assert hers.get().status_code == his.get("/tree").status_code == 404
    assert hers.client.get("/sync/v1/folders").json() == {"folders": []}
    listed = hers.client.get("/sync/v1/folders/deleted").json()["folders"]
    assert [each["name"] for each in listed] == ["Papers"]
    assert his.client.get("/sync/v1/folders/deleted").json() == {"folders": []}
    assert his.post("/restoration").status_code == 404
    assert hers.post("/restoration").json()["head"] == 1
    assert his.get().json()["role"] == "editor"


def test_a_deleted_folder_ends_after_its_term_and_not_before(hers, alice, settings):
    hers.commit(new_folder("docs"))
    folder = Folder.objects.get()
    now = timezone.now()
    lifetime.delete(folder=folder, by=alice, now=now)

    assert lifetime.remove_deleted(now=now + timedelta(days=settings.TRASH_DAYS - 1)) == 0
    assert lifetime.remove_deleted(now=now + timedelta(days=settings.TRASH_DAYS)) == 1
    assert lifetime.remove_deleted(now=now + timedelta(days=settings.TRASH_DAYS)) == 0

    assert not Folder.objects.exists()
    assert not JournalLine.objects.exists()


@pytest.mark.usefixtures("buckets")
def test_room_that_was_reserved_in_a_deleted_folder_comes_back(hers, alice, settings):
    hers.ask(b"dear bob")
    now = timezone.now()
    lifetime.delete(folder=Folder.objects.get(), by=alice, now=now - timedelta(days=99))

    assert lifetime.remove_deleted(now=now) == 0
    sweeping.expire_incoming(now=now + timedelta(days=2))
    tasks.sweep()

    alice.refresh_from_db()
    assert alice.reserved_bytes == 0
    assert not Folder.objects.exists()


def test_the_link_of_a_mail_opens_the_invitation(hers, client):
    invite(hers)
    (sent,) = mail.outbox

    link = re.search(r"/folders/invited/\S+", str(sent.body))

    assert sent.to == [BOBS]
    assert "Alice" in sent.subject
    assert link
    assert "Papers" in client.get(link[0]).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_client_asks_in_accepts_declines_and_names_the_devices_of_changes(live_server, hers, bob):
    with ExitStack() as open_ones:
        alices, bobs = (
            Connection(open_ones.enter_context(closing(Asking(live_server.url, token))))
            for token in (token_of(hers.user, "sync"), token_of(bob, "sync"))
        )
        for answer in (bobs.people.decline, bobs.people.accept):
            alices.people.invite(hers.folder_id, BOBS, "reader")
            (asked,) = bobs.people.invitations()
            answer(asked.id)
            bobs.people.decline(asked.id)
            assert not bobs.people.invitations()
        assert [each.id for each in bobs.folders()] == [hers.folder_id]
        folder, tokens = Folder.objects.get(), ApiToken.objects.filter(owner=hers.user)
        laptop = Device.objects.create(token=tokens[0])
        author = Author(str(hers.user.pk), "Alice", str(laptop.pk))
        actions.commit(
            folder=folder,
            changes=[change("t", 0, messages.Folder("", "Taxes"))],
            author=author,
            now=timezone.now(),
        )

        names = alices.devices(hers.folder_id, since=1)
        (line,) = alices.log(hers.folder_id)
        assert line.author.device in names
        assert names == {str(laptop.pk): tokens[0].name}
        for _ in range(2):
            alices.people.remove(hers.folder_id, str(bob.pk))
        assert not bobs.folders()
