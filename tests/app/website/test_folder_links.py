"""Links to a folder, or to something in it: what they show to whoever has one, and what not."""

import io
import zipfile

import httpx
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from mediashare.aws import s3
from processing import work
from processing.models import Job
from processing.reasons import ARCHIVE_TOO_LARGE_FOR_VISITORS
from sync.server import visiting
from sync.server.models import Folder, FolderLink
from tests.app.sync.changing import NOON, change, file, identity, sha256
from tests.app.sync.committing import commit
from tests.app.website.conftest import browser_of

pytestmark = pytest.mark.django_db


def link_to(made, name=""):
    return FolderLink.objects.create(folder=made, entry=identity(name) if name else "")


def look(link, name="", *, do="folder_link"):
    args = [visiting.token_of(link), *([identity(name)] if name else [])]
    return Client().get(reverse(do, args=args))


def names(page):
    return [row.name for row in page.context["listing"].rows]


def test_a_link_shows_a_folder_and_everything_in_it(papers):
    link = link_to(papers)

    assert names(look(link)) == ["Accounts", "a.txt"]
    assert names(look(link, "year")) == ["sums.ods"]
    assert "a.txt" in look(link, "a").content.decode()
    link.refresh_from_db()
    assert link.view_count == 3


def test_a_link_to_something_inside_shows_nothing_beside_it(papers):
    link = link_to(papers, "year")

    page = look(link)
    assert names(page) == ["sums.ods"]
    assert "Accounts" not in page.content.decode()
    assert look(link, "sums").status_code == 200
    for outside in ("accounts", "a", "never"):
        assert look(link, outside).status_code == 404
        assert look(link, outside, do="folder_link_file").status_code == 404


def test_a_link_to_a_file_shows_it_and_gives_its_bytes_as_they_are_now(papers):
    link = link_to(papers, "a")
    commit(papers, change("a", 2, file("a.txt", "two")))

    assert "text-preview" in look(link).content.decode()
    assert sha256("two") in look(link, "a", do="folder_link_file")["Location"]


def test_what_was_deleted_or_moved_away_is_shown_no_longer(papers):
    link = link_to(papers, "accounts")
    commit(papers, change("sums", 4, file("sums.ods", "sums")))

    assert look(link, "sums").status_code == 404
    commit(papers, change("year", 3, None), change("accounts", 1, None))
    assert look(link).status_code == 404


def test_an_owner_makes_a_link_with_a_password_and_closes_it(her, papers):
    where = reverse("sync:entry_shares", args=[papers.pk, identity("a")])
    her.post(where, {"label": "Carol", "password": "sandcastle"})
    link = FolderLink.objects.get()
    address = reverse("folder_link", args=[visiting.token_of(link)])
    assert address in her.get(where).content.decode()

    guest = Client(REMOTE_ADDR="203.0.113.9")
    assert guest.get(address)["Location"] == f"{address}password/"
    assert guest.post(f"{address}password/", {"password": "sandpit"}).status_code == 403
    assert guest.post(f"{address}password/", {"password": "sandcastle"})["Location"] == address
    assert guest.get(address).status_code == 200

    her.post(reverse("sync:revoke", args=[papers.pk, link.pk]))
    assert guest.get(address).status_code == 410


def test_a_link_of_somebody_who_is_gone_opens_nothing(papers, alice):
    link = link_to(papers)
    alice.is_active = False
    alice.save()

    assert look(link).status_code == 404


def test_a_link_to_a_folder_that_was_deleted_opens_nothing(papers):
    link = link_to(papers)
    Folder.objects.filter(pk=papers.pk).update(deleted_at=NOON)

    assert look(link).status_code == 404


def test_an_end_that_has_passed_is_refused(her, papers):
    page = her.post(reverse("sync:shares", args=[papers.pk]), {"expires_on": "2020-01-01"})

    assert page.status_code == 422
    assert not FolderLink.objects.exists()


def zipped(link, name=""):
    """What a visitor gets who asks for all of it and waits."""
    args = [visiting.token_of(link), *([identity(name)] if name else [])]
    visitor = Client()
    visitor.post(reverse("albums:folder_link_archive", args=args))
    work.do_next(Job.Lane.MEDIA)
    answer = visitor.get(reverse("albums:folder_link_archive_file", args=args))
    if answer.status_code != 302:
        page = visitor.get(reverse("albums:folder_link_archive", args=args))
        return page.content.decode()
    with zipfile.ZipFile(io.BytesIO(httpx.get(answer["Location"]).content)) as made:
        return {name: made.read(name).decode() for name in made.namelist()}


@pytest.fixture
def sent(papers, buckets):
    """Both files have bytes, and nobody has asked for too many archives yet."""
    cache.clear()
    for text in ("one", "sums"):
        (held,) = papers.holdings.filter(sha256=sha256(text)).select_related("blob")
        s3.put(
            bucket=buckets.originals,
            key=held.blob.key,
            body=text.encode(),
            content_type="text/plain",
        )
    return papers


def test_a_link_gives_what_it_shows_as_a_zip_and_not_what_is_shown_no_longer(alice, sent):
    whole, inside = link_to(sent), link_to(sent, "accounts")

    everything = {"Papers/Accounts/2026/sums.ods": "sums", "Papers/a.txt": "one"}
    assert zipped(whole) == everything
    assert zipped(inside, "year") == {"2026/2026/sums.ods": "sums"}
    assert zipped(inside) == {"Accounts/Accounts/2026/sums.ods": "sums"}
    assert not browser_of(alice).get(reverse("albums:archives")).context["cards"]
    commit(sent, change("a", 2, None))
    address = reverse("albums:folder_link_archive_file", args=[visiting.token_of(whole)])
    assert Client().get(address).status_code == 404


def test_a_zip_for_visitors_has_its_limit(sent, settings):
    settings.ARCHIVE_VISITOR_BYTES = 6

    assert ARCHIVE_TOO_LARGE_FOR_VISITORS in zipped(link_to(sent))
    assert zipped(link_to(sent, "accounts")) == {"Accounts/Accounts/2026/sums.ods": "sums"}
