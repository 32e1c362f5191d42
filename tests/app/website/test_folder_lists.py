"""Long lists come in pages, and a page costs the same however long a list is."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from albums import actions as albums
from mediashare import listing
from mediashare.accounts import actions as accounts
from mediashare.accounts.models import Device
from sync.server import actions as folders
from sync.server import browsing
from sync.server.models import FolderLink, Member
from tests.app.sync.changing import NOON, change, file, identity
from tests.app.sync.committing import commit
from tests.people import person


def pages(browser, address):
    """All pages of a list, each with how many queries it took."""
    at, found = address, []
    while at:
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(at).content.decode()
        found.append((page, len(asked)))
        more = re.search(r'href="([?](?:start|before)=\d+)">Show (?:more|older)', page)
        at = f"{address}{more[1]}" if more else ""
    return found


@pytest.fixture
def of_two(monkeypatch):
    monkeypatch.setattr(browsing, "VERSIONS_SHOWN", 2)
    monkeypatch.setattr(listing, "SHOWN", 2)


@pytest.mark.usefixtures("of_two")
def test_all_versions_of_a_file_are_within_reach(her, papers):
    for base, content in ((2, "two"), (5, "three"), (6, "four"), (7, "five")):
        commit(papers, change("a", base, file("a.txt", content)))
    address = reverse("sync:entry", args=[papers.pk, identity("a")])
    her.get(address)

    found = pages(her, address)

    listed = [page.split('id="versions"')[1] for page, _ in found]
    numbers = [re.findall(rf'{identity("a")}/(\d+)/"', page) for page in listed]
    assert numbers == [["8", "7"], ["6", "5"], ["2"]]
    assert "New by" in listed[-1]
    assert "New by" not in listed[-2]
    assert found[1][1] <= found[0][1]


@pytest.mark.usefixtures("of_two")
def test_all_people_of_a_folder_are_within_reach(her, papers):
    for name in ("bob", "carol", "dave", "erin"):
        Member.objects.create(folder=papers, user=person(name))
    her.get(reverse("sync:people", args=[papers.pk]))

    found = pages(her, reverse("sync:people", args=[papers.pk]))

    names = [re.findall(r"<strong><bdi>(\w+)</bdi>", page) for page, _ in found]
    assert names == [["Alice", "Bob"], ["Carol", "Dave"], ["Erin"]]
    assert found[1][1] <= found[0][1]


@pytest.mark.usefixtures("of_two")
def test_all_links_to_a_folder_are_within_reach(her, papers):
    for number in range(5):
        FolderLink.objects.create(
            folder=papers, label=f"link {number}", created_at=NOON + timedelta(days=number)
        )
    her.get(reverse("sync:shares", args=[papers.pk]))

    found = pages(her, reverse("sync:shares", args=[papers.pk]))

    labels = [re.findall(r"<bdi>(link \d)</bdi>", page) for page, _ in found]
    assert labels == [["link 4", "link 3"], ["link 2", "link 1"], ["link 0"]]
    assert {queries for _, queries in found} == {found[0][1]}


@pytest.mark.usefixtures("of_two")
@pytest.mark.parametrize("name", ["sync:folder_list", "sync:mail"])
def test_all_folders_are_within_reach(her, alice, name):
    for letter in "abcde":
        folders.create_folder(owner=alice, name=f"folder {letter}")
    her.get(reverse(name))

    found = pages(her, reverse(name))

    names = [re.findall(r"<bdi>folder (\w)</bdi></a>", page) for page, _ in found]
    assert names == [["a", "b"], ["c", "d"], ["e"]]
    assert {queries for _, queries in found} == {found[0][1]}


@pytest.mark.usefixtures("of_two")
def test_all_devices_are_within_reach(her, alice):
    for number in range(5):
        token, _ = accounts.create_token(owner=alice, name=f"device {number}", scopes=["sync"])
        Device.objects.create(token=token)
    her.get(reverse("accounts:devices"))

    found = pages(her, reverse("accounts:devices"))

    names = [re.findall(r"<strong>(device \d)</strong>", page) for page, _ in found]
    assert names == [["device 4", "device 3"], ["device 2", "device 1"], ["device 0"]]
    assert {queries for _, queries in found} == {found[0][1]}


@pytest.mark.usefixtures("of_two")
def test_all_tokens_are_within_reach(her, alice):
    for number in range(5):
        accounts.create_token(owner=alice, name=f"token {number}", scopes=["read"])
    her.get(reverse("accounts:tokens"))

    found = pages(her, reverse("accounts:tokens"))

    names = [re.findall(r"<strong>(token \d)</strong>", page) for page, _ in found]
    assert names == [["token 4", "token 3"], ["token 2", "token 1"], ["token 0"]]
    assert {queries for _, queries in found} == {found[0][1]}


@pytest.mark.usefixtures("of_two")
def test_all_links_to_an_album_are_within_reach(her, alice):
    album = albums.create_album(owner=alice, title="Trips", items=[])
    for number in range(5):
        albums.share_album(album=album, label=f"link {number}")
    her.get(reverse("albums:shares", args=[album.pk]))

    found = pages(her, reverse("albums:shares", args=[album.pk]))

    labels = [re.findall(r"<bdi>(link \d)</bdi>", page) for page, _ in found]
    assert labels == [["link 4", "link 3"], ["link 2", "link 1"], ["link 0"]]
    assert {queries for _, queries in found} == {found[0][1]}
