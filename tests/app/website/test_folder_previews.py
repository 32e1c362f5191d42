"""Files in folders that no browser shows by itself: asked for, made by a worker, looked at."""

import hashlib
from datetime import timedelta

import httpx
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from albums import folder_previews
from mediashare.accounts.models import User
from mediashare.aws import s3
from mediashare.storage import unused
from mediashare.storage.models import Blob
from processing import work
from processing.models import Job, Rendition
from processing.reasons import NOT_MEDIA
from sync.protocol.messages import File
from sync.server import visiting
from sync.server.models import FolderBlob, FolderLink, Member
from tests.app.processing.originals import MEDIA
from tests.app.sync.changing import change, identity
from tests.app.sync.committing import commit
from tests.people import job_of, prepared, streamed

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
BESIDE_A_CLIP = "preview-wish"


def put(made, name, content: bytes) -> Blob:
    """Put a file into a folder, with its bytes; the entry is called as the file."""
    digest = hashlib.sha256(content).hexdigest()
    commit(made, change(name, 0, File("", name, digest, len(content))))
    blob = FolderBlob.objects.get(folder=made, sha256=digest).blob
    s3.put(bucket=settings.ORIGINALS_BUCKET, key=blob.key, body=content, content_type="image/heic")
    return blob


def page_of(made, name):
    return reverse("sync:entry", args=[made.pk, identity(name)])


def shared(made, name):
    """The page of a file for whoever has a link to the folder."""
    link = FolderLink.objects.create(folder=made)
    return reverse("folder_link", args=[visiting.token_of(link), identity(name)])


def seen(browser, page):
    return browser.get(page).content.decode()


@pytest.fixture
def reader(his, papers, bob):
    """Bob's browser, who reads Alice's folder."""
    Member.objects.create(folder=papers, user=bob, role=Member.Role.READER)
    return his


@pytest.fixture
def film(papers):
    """A film in Alice's folder that was made playable. Its own bytes were never there."""
    commit(papers, change("film", 0, File("", "waves.mov", "f" * 64, 9)))
    blob = FolderBlob.objects.get(folder=papers, sha256="f" * 64).blob
    prepared(blob, kind="video")
    job_of(blob, kind=Job.Kind.SEGMENT, state=Job.State.DONE)
    streamed(folder_previews.item_of(blob, name="waves.mov"))
    return papers


def test_a_picture_is_made_once_for_all_who_look_and_goes_with_the_file(
    her, reader, papers, buckets
):
    blob = put(papers, "IMG_1.HEIC", (MEDIA / "photo.heic").read_bytes())
    page, door = page_of(papers, "IMG_1.HEIC"), shared(papers, "IMG_1.HEIC")
    User.objects.update(used_bytes=blob.size_bytes)

    assert 'hx-trigger="load, submit"' in seen(reader, page)
    assert not Job.objects.exists()
    for browser, place in ((reader, page), (her, page), (Client(), door)):
        assert "Being prepared" in browser.post(f"{place}preview/", headers=HTMX).content.decode()
    job = Job.objects.get()
    assert (job.blob, job.owner, job.lane) == (blob, papers.owner, "interactive")
    assert "IMG_1.HEIC" in seen(her, reverse("albums:jobs"))

    work.do_next(job.lane)
    for browser, place in ((reader, page), (Client(), door)):
        made = browser.get(f"{place}preview/", headers=HTMX).context["made"].picture.full_src
        assert httpx.get(made).headers["Content-Type"] == "image/jpeg"
        assert made.replace("&", "&amp;") in seen(browser, place)
    assert User.objects.get(pk=papers.owner_id).used_bytes == blob.size_bytes

    FolderBlob.objects.filter(blob=blob).delete()
    unused.delete_unused_blobs(now=timezone.now() + timedelta(days=30))
    assert not Rendition.objects.exists()
    assert User.objects.get(pk=papers.owner_id).used_bytes == 0
    assert httpx.get(made).status_code == 404


def test_what_cannot_be_shown_says_why_and_only_its_owner_tries_again(her, reader, papers, buckets):
    put(papers, "film.mkv", b"no film at all")
    page, door = page_of(papers, "film.mkv"), shared(papers, "film.mkv")
    reader.post(f"{page}preview/")
    work.do_next("interactive")

    for browser, place in ((reader, page), (Client(), door)):
        assert NOT_MEDIA in seen(browser, place)
        assert "Try again" not in seen(browser, place)
        browser.post(f"{place}preview/")
    assert Job.objects.get().state == Job.State.FAILED
    assert "Try again" in seen(her, page)
    her.post(f"{page}preview/")
    assert "Being prepared" in seen(her, page)


def test_a_film_plays_for_members_and_visitors_and_for_nobody_else(reader, client, film):
    door = shared(film, "film")
    for browser, place in ((reader, page_of(film, "film")), (Client(), door)):
        address = f"{place}stream/master.m3u8"
        assert f'<source src="{address}"' in seen(browser, place)
        assert "720.m3u8" in browser.get(address).content.decode()
        assert "X-Amz-Signature=" in browser.get(f"{place}stream/720.m3u8").content.decode()
        assert "#xywh=" in browser.get(f"{place}stream/storyboard.vtt").content.decode()

    FolderLink.objects.update(revoked_at=timezone.now())
    Member.objects.filter(role=Member.Role.READER).delete()
    assert client.get(f"{door}stream/master.m3u8").status_code == 410
    assert reader.get(f"{page_of(film, 'film')}stream/master.m3u8").status_code == 404


def test_of_a_film_that_some_browsers_play_another_is_made_only_when_somebody_asks(her, papers):
    commit(papers, change("clip", 0, File("", "clip.mp4", "c" * 64, 9)))
    page = page_of(papers, "clip")

    assert BESIDE_A_CLIP in seen(her, page)
    assert 'hx-trigger="load' not in seen(her, page)
    her.post(f"{page}preview/")
    assert "Being prepared" in seen(her, page)
    Job.objects.update(state=Job.State.FAILED, reason="It ends early.")
    assert "It ends early." in seen(her, page)
    assert "<video src=" in seen(her, page)


def test_visitors_do_not_make_an_owners_line_longer_than_it_may_be(her, papers, monkeypatch):
    monkeypatch.setattr(folder_previews, "MOST_FOR_VISITORS", 1)
    for name in ("a.heic", "b.heic"):
        commit(papers, change(name, 0, File("", name, name[0] * 64, 9)))
    first, second = shared(papers, "a.heic"), shared(papers, "b.heic")
    Client().post(f"{first}preview/")

    refused = Client().post(f"{second}preview/", headers=HTMX).content.decode()

    assert "Try again later" in refused
    # Or it would ask again at once, without end.
    assert "load" not in refused
    assert "Try again later" in Client().post(f"{second}preview/", follow=True).content.decode()
    assert Job.objects.count() == 1
    her.post(f"{page_of(papers, 'b.heic')}preview/")
    assert Job.objects.count() == 2


def test_what_is_gone_damaged_or_shown_as_it_is_has_no_preview(her, papers):
    commit(papers, change("raw", 0, File("", "a.dng", "d" * 64, 9)))
    FolderBlob.objects.filter(sha256="d" * 64).update(spoiled_at=timezone.now())

    for name in ("raw", "a", "accounts", "never"):
        assert her.post(f"{page_of(papers, name)}preview/").status_code == 404
    assert not Job.objects.exists()
