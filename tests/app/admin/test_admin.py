"""The admin shows everything but secrets, and its actions act."""

import uuid
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from albums import actions
from albums.models import (
    Album,
    Distinction,
    FollowedFile,
    Following,
    Item,
    Look,
    MergedItem,
    Mirror,
    ShareLink,
    SimilarGroup,
)
from mediashare.accounts.models import ApiToken, Device, User
from mediashare.api.models import IdempotentAnswer
from mediashare.storage.models import Blob, Upload
from processing.models import Job
from sync.server.models import (
    Act,
    Folder,
    FolderBlob,
    FolderEvent,
    FolderLink,
    Incoming,
    Invitation,
    Member,
)
from tests.people import PASSWORD, job_of, person, photo, uploaded, video

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
# What a folder's journal and its keeping consist of: there may be none in this database.
JOURNAL = {
    f"sync.{name}"
    for name in ("HistoryEnd", "JournalCopy", "JournalEntry", "JournalHead", "JournalLine")
}
SECRETS = ["sha-of-token", "TOTP-SEED", "sts-session-token", "argon2$"]


@pytest.fixture
def carol(db):
    """She runs the site."""
    return person("carol", is_staff=True, is_superuser=True)


@pytest.fixture
def desk(carol, client: Client) -> Client:
    client.force_login(carol)
    return client


@pytest.fixture
def alice(db) -> User:
    """Somebody with one of everything."""
    alice = person("alice", used_bytes=3_500_000)
    fill(alice, 1)
    return alice


def fill(alice: User, count: int) -> None:
    for number in range(count):
        item = photo(alice, f"{Blob.objects.count()}-{number}.jpg", phash=Blob.objects.count())
        group = SimilarGroup.objects.create(owner=alice)
        Look.objects.filter(item=item).update(group=group)
        # One photo is enough to look at the page.
        Distinction.objects.create(first=item, second=item)
        MergedItem.objects.create(pk=uuid.uuid4(), item=item)
        album = actions.create_album(owner=alice, title="Summer", items=[item])
        actions.set_cover(album=album, item=item)
        actions.correct_words(owner=alice, ids=[item.pk], description="At dusk")
        ShareLink.objects.create(album=album, label="Grandma", password_hash="argon2$sandcastle")
        token = ApiToken.objects.create(
            owner=alice, name="Phone", scopes=["read"], digest=f"sha-of-token{item.pk}"
        )
        Device.objects.create(token=token, platform="Linux", address="203.0.113.9")
        IdempotentAnswer.objects.create(
            user=alice, key=str(item.pk), status=201, body={"token": "sts-session-token"}
        )
        Upload.objects.create(
            owner=alice,
            blob=item.blob,
            key=item.blob.key,
            name=item.name,
            content_type="image/jpeg",
            size_bytes=1_000_000,
            part_size=8_000_000,
            expires_at=timezone.now(),
        )
        share_a_folder(alice, item, album)
    Authenticator.objects.get_or_create(
        user=alice, type="totp", defaults={"data": {"secret": "TOTP-SEED"}}
    )


def share_a_folder(alice: User, item: Item, album: Album) -> None:
    folder = Folder.objects.create(owner=alice, name="Trips")
    Member.objects.create(folder=folder, user=alice, role=Member.Role.OWNER)
    later = timezone.now() + timedelta(days=1)
    Invitation.objects.create(
        folder=folder, email="bob@example.org", role="reader", invited_by=alice, expires_at=later
    )
    FolderEvent.objects.create(
        folder=folder, at=later, kind="invited", actor=alice, actor_name="alice"
    )
    FolderLink.objects.create(folder=folder, label="Bob", password_hash="argon2$castle")
    FolderBlob.objects.create(folder=folder, blob=item.blob, sha256="a" * 64)
    Incoming.objects.create(
        folder=folder,
        sender=str(alice.pk),
        batch=uuid.uuid4(),
        sha256="b" * 64,
        size_bytes=5,
        expires_at=later,
    )
    Act.objects.create(folder=folder, user=alice, kind=Act.Kind.DELETION, begun_after=1)
    Mirror.objects.create(album=album, folder=folder)
    following = Following.objects.create(album=album, folder=folder)
    FollowedFile.objects.create(
        following=following, entry="1" * 32, name="beach.jpg", sha256="a" * 64, item=item
    )


def changelist(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(row) -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return reverse(name, args=[quote(row.pk)])


def act(desk: Client, action: str, *rows) -> str:
    answer = desk.post(
        changelist(type(rows[0])),
        {"action": action, "_selected_action": [str(row.pk) for row in rows]},
        follow=True,
    )
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_each_list_and_page_opens_and_shows_no_secret(desk, alice, model):
    pages = [page_of(row) for row in model._default_manager.all()[:2]]

    for page in (changelist(model), changelist(model) + "?q=alice", *pages):
        answer = desk.get(page)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert [secret for secret in SECRETS if secret in text] == []
        assert "style=" not in text, "The site's policy allows no inline style."


def test_pages_bear_the_name_and_the_icon_of_the_site(desk):
    page = desk.get(reverse("admin:processing_job_changelist")).content.decode()

    assert "mediashare administration</title>" in page
    assert 'rel="icon"' in page


def test_every_model_of_this_project_has_pages():
    ours = {"accounts", "storage", "processing", "albums", "sync", "api"}
    missing = {
        model._meta.label for label in ours for model in apps.get_app_config(label).get_models()
    }

    assert missing - {model._meta.label for model in MODELS} == JOURNAL


def test_lists_cost_the_same_for_more_rows(desk, alice):
    def cost(model) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(changelist(model)).status_code == 200
        return len(captured)

    fill(alice, 1)
    few = {model: cost(model) for model in MODELS}
    fill(person("dave"), 8)

    assert {model: cost(model) for model in MODELS} == few


def test_lists_of_items_show_thumbnails(desk, alice):
    assert "image-320-v1.jpg" in desk.get(changelist(Item)).content.decode()


def test_people_are_shown_with_what_they_use_in_human_units(desk, alice):
    text = desk.get(changelist(User), {"q": "alice"}).content.decode()

    assert "3.3\xa0MB" in text


def test_a_person_can_be_made_by_the_desk(desk):
    fields = {"email": "dave@example.org", "usable_password": "true"}
    desk.post(
        reverse("admin:accounts_user_add"), {**fields, "password1": PASSWORD, "password2": PASSWORD}
    )

    assert User.objects.get(email="dave@example.org").check_password(PASSWORD)


def test_failed_jobs_can_be_tried_again(desk, alice):
    item = uploaded(alice, "broken.jpg")
    failed = job_of(item.blob, state="failed", reason="Broken.")
    done = Job.objects.exclude(pk=failed.pk)[0]

    text = act(desk, "retry", failed, done)

    failed.refresh_from_db()
    assert failed.state == Job.State.WAITING
    assert "1 will be tried again." in text


def test_a_job_says_why_it_failed_where_and_how_long_it_took(desk, alice):
    now = timezone.now()
    job = Job.objects.get()
    Job.objects.update(
        state="failed",
        reason="Not a picture.",
        detail="Traceback: bad SOI",
        worker="worker-7",
        started_at=now,
        ended_at=now + timedelta(seconds=42),
    )

    text = desk.get(page_of(job)).content.decode()

    assert all(part in text for part in ("Not a picture.", "bad SOI", "worker-7", "0:00:42"))


def test_tokens_can_be_revoked(desk, alice):
    act(desk, "revoke", ApiToken.objects.get())

    assert ApiToken.objects.get().revoked_at


def test_share_links_can_be_revoked(desk, alice):
    act(desk, "revoke", ShareLink.objects.get())

    assert ShareLink.objects.get().revoked_at


def test_items_of_several_people_can_be_thrown_away_and_restored(desk, alice):
    photo(person("bob"), "bobs.jpg")

    act(desk, "trash", *Item.objects.all())
    assert Item.objects.in_trash().count() == 2
    act(desk, "restore", *Item.objects.all())

    assert Item.objects.kept().count() == 2


def test_albums_can_be_thrown_away_and_restored(desk, alice):
    act(desk, "trash", Album.objects.get())
    assert Album.objects.in_trash().exists()
    act(desk, "restore", Album.objects.get())

    assert Album.objects.kept().exists()


def test_an_album_can_be_given_another_title(desk, alice):
    before = Album.objects.get()

    desk.post(page_of(before), {"title": "Winter", "description": ""})

    after = Album.objects.get()
    assert (after.title, after.owner) == ("Winter", alice)
    assert after.changed_at > before.changed_at


@pytest.mark.parametrize("state", ["live", "over"])
def test_links_and_tokens_can_be_listed_by_whether_they_still_work(desk, alice, state):
    ApiToken.objects.update(revoked_at=timezone.now() if state == "over" else None)

    assert "Phone" in desk.get(changelist(ApiToken), {"state": state}).content.decode()
    other = {"live": "over", "over": "live"}[state]
    assert "Phone" not in desk.get(changelist(ApiToken), {"state": other}).content.decode()


def test_what_the_service_itself_writes_cannot_be_changed_or_deleted(desk, alice):
    row = Item.objects.get()

    desk.post(page_of(row), {"name": "Changed"})
    desk.post(page_of(row).replace("change", "delete"), {"post": "yes"})

    assert Item.objects.get().name == row.name


def test_staff_without_the_right_to_change_jobs_is_not_offered_a_retry(client, alice):
    erin = person("erin", is_staff=True)
    erin.user_permissions.add(Permission.objects.get(codename="view_job"))
    client.force_login(erin)

    page = client.get(changelist(Job))

    assert page.status_code == 200
    assert 'value="retry"' not in page.content.decode()


def test_the_admin_is_entered_through_the_sites_own_sign_in(client, db):
    answer = client.get(reverse("admin:login"))

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_people_who_are_no_staff_stay_outside(client, alice):
    client.force_login(alice)

    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_a_video_job_that_runs_shows_how_long_so_far(desk, alice):
    video(alice)
    Job.objects.filter(kind="segment").update(state="running", started_at=timezone.now())

    assert desk.get(changelist(Job)).status_code == 200
