"""An album as a folder that computers keep, read-only, and that follows the album."""

from datetime import timedelta

import pytest
from django.utils import timezone

from albums import actions, trash
from albums.mirrors import keeping
from albums.models import Mirror
from mediashare.storage.models import Blob
from sync.server.api import folders as folders_api
from sync.server.journal.chosen import get_journal
from sync.server.models import Folder, FolderBlob, Member
from tests.app.sync.syncing import Computer, pages_of
from tests.people import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def summer(alice):
    """Alice's album with two pictures of one name, of which S3 has checked the bytes."""
    album = actions.create_album(owner=alice, title="Summer")
    checked(photo(alice, "sea.jpg", album=album))
    other = checked(photo(alice, "sea, again", album=album))
    actions.rename_item(item=other, name="sea.jpg")
    return album


@pytest.fixture
def hers(alice, summer):
    return Computer(alice, str(summer.pk))


def checked(item):
    Blob.objects.filter(pk=item.blob_id).update(sha256_checked_at=timezone.now())
    return item


def files(computer):
    """The names of the tree, by entry."""
    lines = [line for line in computer.tree() if "entry" in line]
    return {line["entry"]: line["state"]["name"] for line in lines}


def listed(computer):
    return computer.client.get("/sync/v1/folders").json()["folders"]


def test_albums_are_offered_as_folders_to_read(alice, hers, summer):
    (offer,) = listed(hers)

    assert offer["id"] == str(summer.pk)
    assert (offer["name"], offer["kind"], offer["role"]) == ("Summer", "album", "reader")
    assert not Folder.objects.exists()


def test_folders_and_albums_are_listed_a_page_at_a_time(alice, hers, summer, monkeypatch):
    monkeypatch.setattr(folders_api, "FOLDERS_AT_ONCE", 2)
    made = [str(summer.pk), *(hers.make_folder(name) for name in "abc")]
    made += [str(actions.create_album(owner=alice, title=title, items=[]).pk) for title in "de"]

    told = [page["folders"] for page in pages_of(hers, "folders")]

    assert [len(page) for page in told] == [2, 2, 2]
    assert sorted(each["id"] for page in told for each in page) == sorted(made)


def test_the_first_look_finds_everything_there_is(hers, summer):
    tree = files(hers)

    assert sorted(tree.values()) == ["sea (2).jpg", "sea.jpg"]
    assert set(tree) == {item.pk.hex for item in summer.items.all()}
    (still,) = listed(hers)
    assert (still["kind"], still["head"]) == ("album", 2)


def test_only_its_owner_gets_it(summer, bob):
    his = Computer(bob, str(summer.pk))

    assert listed(his) == []
    assert his.get().status_code == 404
    assert his.post("/credentials").status_code == 404


def test_an_album_in_the_trash_is_no_folder(hers, alice, summer):
    files(hers)
    actions.trash_album(album=summer)

    assert hers.get().status_code == 404
    assert listed(hers) == []

    actions.restore_album(album=summer)
    assert len(files(hers)) == 2


def test_nothing_can_be_written_to_it_not_even_by_its_owner(hers):
    files(hers)

    answer = hers.post("/commit", {"changes": []})

    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/read-only"
    assert "This folder shows an album" in answer.json()["detail"]
    assert hers.ask(b"x").status_code == 403


def test_what_changes_in_the_album_is_heard_by_the_cursor(hers, alice, summer):
    first, second = (item for item in summer.items.order_by("places__position"))
    files(hers)

    actions.rename_item(item=first, name="Atlantic")
    actions.trash_items(owner=alice, ids=[second.pk])
    third = checked(photo(alice, "tram.jpg", album=summer))
    assert keeping.sweep() == 1

    lines = hers.get("/changes?since=2").json()["lines"]
    said = {line["entry"]: line["after"] and line["after"]["name"] for line in lines}
    assert said == {first.pk.hex: "Atlantic.jpg", second.pk.hex: None, third.pk.hex: "tram.jpg"}

    actions.restore_items(owner=alice, ids=[second.pk])
    keeping.sweep()
    assert files(hers)[second.pk.hex].startswith("sea")


def test_it_has_the_album_s_title(hers, summer):
    files(hers)
    actions.edit_album(album=summer, title="Summer in Lisbon")
    keeping.sweep()

    assert hers.get().json()["name"] == "Summer in Lisbon"


def test_bytes_are_fetched_where_they_are_and_only_those_that_the_album_shows(hers, alice, summer):
    files(hers)
    item = summer.items.first()
    elsewhere = checked(photo(alice, "secret.jpg"))
    asked = {"sha256": [item.blob.sha256, elsewhere.blob.sha256]}

    found, unknown = hers.post("/blobs/addresses", asked).json()["addresses"]

    assert unknown is None
    assert found["key"] == ""
    assert item.blob.key in found["url"]
    assert Blob.objects.filter(owner=alice).count() == 3


def test_what_the_album_shows_no_more_is_given_to_nobody(hers, alice, summer):
    files(hers)
    item = summer.items.first()
    actions.remove_from_album(album=summer, items=[item])
    keeping.sweep()

    asked = {"sha256": [item.blob.sha256]}

    assert hers.post("/blobs/addresses", asked).json()["addresses"] == [None]
    assert not FolderBlob.objects.filter(blob=item.blob).exists()


def test_bytes_that_nobody_has_checked_wait(hers, alice, summer):
    unchecked = photo(alice, "waves.mp4", album=summer)
    assert len(files(hers)) == 2

    checked(unchecked)
    actions.note_processed(blob=unchecked.blob)
    keeping.sweep()

    assert len(files(hers)) == 3


def test_an_album_that_nobody_keeps_costs_nothing(alice, summer):
    assert keeping.sweep() == 0
    assert not Mirror.objects.exists()


def test_a_change_to_an_album_rings(
    hers, alice, summer, monkeypatch, django_capture_on_commit_callbacks
):
    rung: list[object] = []
    monkeypatch.setattr("albums.mirrors.noting.ring", rung.append)
    files(hers)

    with django_capture_on_commit_callbacks(execute=True):
        actions.move_in_album(album=summer, item=summer.items.last(), before=None)

    assert rung == [summer.pk]


def test_its_page_of_folders_does_not_list_it(hers, alice, client):
    files(hers)
    client.force_login(alice)

    assert "Summer" not in client.get("/folders/").content.decode()


def test_when_an_album_is_gone_for_ever_so_is_its_folder(hers, summer):
    files(hers)
    actions.trash_album(album=summer)
    summer.deleted_at = timezone.now() - timedelta(days=400)
    summer.save()

    trash.empty(timezone.now())

    assert not Folder.objects.exists()
    assert not FolderBlob.objects.exists()
    assert not Member.objects.exists()
    assert get_journal().head(summer.pk) == 0
