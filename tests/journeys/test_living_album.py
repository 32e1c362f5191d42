"""The whole path, as its people walk it: from signing up to a stranger's look at a shared album."""

import hashlib
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import imageio_ffmpeg
import psycopg2
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from mediashare.embedded.home import PROJECT
from mediashare.embedded.stack import Stack

NewContext = Callable[..., BrowserContext]

MEDIA = PROJECT / "tests" / "media"
DEMO = PROJECT / "mediashare" / "embedded" / "demo_media"
PASSWORD = "a long walk by the sea"
PHOTOS = [
    *(MEDIA / f"orientation-{number}.jpg" for number in range(1, 9)),
    DEMO / "colosseum-arches.jpg",
    DEMO / "two-spaniels-at-the-window.jpg",
    MEDIA / "photo.heic",
    MEDIA / "photo.png",
]
BROKEN = MEDIA / "truncated.jpg"
UPRIGHT_PORTRAITS = {"colosseum-arches.jpg", "two-spaniels-at-the-window.jpg"}
PROCESSED_MS = 120_000


@pytest.fixture(scope="module")
def minute(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of a minute: the demo's real clip, over and over."""
    path = tmp_path_factory.mktemp("video") / "a-minute-of-towers.mp4"
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-stream_loop", "-1"]
    source = ["-i", str(DEMO / "city-towers-at-night.mp4")]
    subprocess.run([*ffmpeg, *source, "-t", "60", "-c", "copy", str(path)], check=True)
    return path


@pytest.mark.timeout(500)
def test_from_signing_up_to_a_shared_album_and_back(
    new_context: NewContext, running_site: Stack, minute: Path
):
    page = new_context().new_page()
    sign_up(page, "alice@example.org")
    upload(page, [*PHOTOS, minute, BROKEN])
    see_all_of_it(page, minute)
    address = make_and_share_an_album(page)
    visit_as_a_stranger(new_context, running_site, address)
    download_the_original(page)
    delete_and_undo(page)


def sign_up(page: Page, email: str) -> None:
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Create an account").click()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create").click()
    page.wait_for_url("**/confirm-email/")
    page.goto("/mailbox/")
    page.get_by_role("link", name=re.compile("confirm|verify", re.I)).first.click()
    page.get_by_role("link", name=re.compile("confirm-email")).click()
    page.get_by_role("button", name="Confirm").click()
    if "/account/login" in page.url:
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto("/")
    expect(page.get_by_role("heading", name="An empty light table")).to_be_visible()


def upload(page: Page, files: list[Path]) -> None:
    page.locator("input[data-upload]").first.set_input_files([str(path) for path in files])
    expect(page.locator("#upload-tray-title")).to_have_text(f"{len(files)} files uploaded")


def see_all_of_it(page: Page, minute: Path) -> None:
    # Tiles come and change without a reload.
    expect(page.locator("photo-tile img")).to_have_count(len(PHOTOS) + 1, timeout=PROCESSED_MS)
    expect(page.locator("photo-tile[data-pending]")).to_have_count(0, timeout=PROCESSED_MS)
    broken = page.locator("photo-tile").filter(has_text=BROKEN.name)
    expect(broken).to_contain_text("damaged")

    page.reload()
    for photo in PHOTOS:
        width, height = drawn_size(picture(page, photo.name))
        assert (height > width) == (photo.name in UPRIGHT_PORTRAITS), photo.name
    expect(tile(page, minute.name)).to_contain_text("1:00")
    play_in_the_viewer(page, minute.name)


def play_in_the_viewer(page: Page, name: str) -> None:
    tile(page, name).locator("a").click()
    video = page.locator(".pswp video")
    expect(video).to_be_visible()
    # It plays by itself, since it was opened by a click.
    video.evaluate(
        "video => new Promise(done => video.addEventListener('timeupdate',"
        " () => video.currentTime > 0.5 && done()))"
    )
    page.go_back()
    expect(page.locator(".pswp")).to_have_count(0)
    expect(page.get_by_role("heading", name="Library")).to_be_visible()


def make_and_share_an_album(page: Page) -> str:
    page.get_by_role("button", name="Select", exact=True).click()
    for photo in PHOTOS[8:12]:
        tile(page, photo.name).locator(".tile-pick").click()
    page.get_by_role("button", name="Add to album").click()
    page.get_by_label("A new album").fill("By the sea")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="By the sea")).to_be_visible()
    expect(page.locator("photo-tile")).to_have_count(4)

    page.get_by_role("link", name="Share", exact=True).click()
    page.get_by_label("For", exact=True).fill("Grandmother")
    page.get_by_label("Password", exact=True).fill("lighthouse")
    page.get_by_role("button", name="Create link").click()
    return page.get_by_label("Address of Grandmother").input_value()


def visit_as_a_stranger(new_context: NewContext, site: Stack, address: str) -> None:
    stranger = new_context().new_page()
    stranger.goto(urlsplit(address).path)
    expect(stranger.get_by_role("heading", name="This album is locked")).to_be_visible()
    assert "By the sea" not in stranger.content()

    open_with(stranger, "seagull")
    expect(stranger.get_by_text("That is not the password.")).to_be_visible()

    open_with(stranger, "lighthouse")
    expect(stranger.get_by_role("heading", name="By the sea")).to_be_visible()
    expect(stranger.locator("photo-tile img")).to_have_count(4)
    assert drawn_size(stranger.locator("photo-tile img").first)[0] > 0

    end_all_links(site)
    stranger.reload()
    expect(stranger.get_by_role("heading", name="This link has ended")).to_be_visible()
    assert "By the sea" not in stranger.content()


def open_with(page: Page, password: str) -> None:
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Open the album").click()


def end_all_links(site: Stack) -> None:
    """A link ends at the end of a day, which a test cannot wait for."""
    database = psycopg2.connect(site.settings["DATABASE_URL"])
    with database, database.cursor() as cursor:
        cursor.execute("update albums_sharelink set expires_at = now() - interval '1 minute'")
    database.close()


def download_the_original(page: Page) -> None:
    original = PHOTOS[8]
    page.goto("/")
    page.goto(tile(page, original.name).locator("a").get_attribute("href") or "")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download original").click()

    assert download.value.suggested_filename == original.name
    came = Path(download.value.path()).read_bytes()
    assert hashlib.sha256(came).digest() == hashlib.sha256(original.read_bytes()).digest()


def delete_and_undo(page: Page) -> None:
    original = PHOTOS[8]
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()
    expect(tile(page, original.name)).to_have_count(0)

    page.get_by_role("button", name="Undo").click()
    expect(tile(page, original.name)).to_have_count(1)


def tile(page: Page, name: str) -> Locator:
    return page.locator("photo-tile").filter(has=page.get_by_label(f"Select {name}", exact=True))


def picture(page: Page, name: str) -> Locator:
    return tile(page, name).locator("img")


def drawn_size(image: Locator) -> tuple[int, int]:
    """The size of the picture as decoded; waits until it is."""
    image.scroll_into_view_if_needed()
    size = image.evaluate(
        "async img => { await img.decode(); return [img.naturalWidth, img.naturalHeight]; }"
    )
    return size[0], size[1]
