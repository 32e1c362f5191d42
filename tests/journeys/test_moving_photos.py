"""An animation moves by itself, a moving photo when it is asked, on its page and in the viewer."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.journeys import sight
from tests.journeys.test_living_album import sign_up, tile, upload
from tests.pictures.quarters import COLOURS, by_ffmpeg, quarters, written

NewContext = Callable[..., BrowserContext]

SHOWN = ".pswp__item[aria-hidden='false'] .pswp__img:not(.pswp__img--placeholder)"
SIZE = (320, 240)
MADE_MS = 120_000
ADVANCES = """video => new Promise(done => {
  const begun = video.currentTime;
  const look = () => (video.currentTime !== begun ? done(true) : requestAnimationFrame(look));
  look();
})"""


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    pair = [quarters(*SIZE), quarters(*SIZE, COLOURS[::-1])]
    gif = written(pair[0], "GIF", save_all=True, append_images=pair[1:], duration=300, loop=0)
    film = by_ffmpeg(pair * 5, ".mp4", "-pix_fmt", "yuv420p")
    (tmp_path / "blink.gif").write_bytes(gif)
    (tmp_path / "live.jpg").write_bytes(written(pair[0], "JPEG", quality=95) + film)
    return [tmp_path / "blink.gif", tmp_path / "live.jpg"]


@pytest.mark.timeout(300)
def test_what_moves_in_photos_plays(new_context: NewContext, running_site, photos: list[Path]):
    page = new_context().new_page()
    sign_up(page, "carol@example.org")
    upload(page, photos)
    # The tiles that came with the upload, without a reload.
    expect(page.locator("a[data-motion]")).to_have_count(2, timeout=MADE_MS)

    on_its_page(page, "blink.gif", begins_by_itself=True)
    on_its_page(page, "live.jpg", begins_by_itself=False)
    in_the_viewer(page, "blink.gif", begins_by_itself=True)
    in_the_viewer(page, "live.jpg", begins_by_itself=False)


def on_its_page(page: Page, name: str, *, begins_by_itself: bool) -> None:
    page.goto(str(tile(page, name).locator("a").get_attribute("href")))
    button = page.get_by_role("button", name="Play motion")
    play(page.locator("moving-photo video"), button, begins_by_itself=begins_by_itself)
    sight.check_now(page)
    button.click()
    expect(page.locator("moving-photo video")).to_be_hidden()
    page.goto("/")


def in_the_viewer(page: Page, name: str, *, begins_by_itself: bool) -> None:
    tile(page, name).locator("a").click()
    button = page.get_by_role("button", name="Play motion")
    play(page.locator(".viewer-motion"), button, begins_by_itself=begins_by_itself)
    # The viewer opens by growing out of the tile.
    page.wait_for_timeout(500)
    assert place(page.locator(".viewer-motion")) == place(page.locator(SHOWN))
    page.go_back()
    expect(page.locator(".pswp")).to_have_count(0)


def place(shown: Locator) -> list[int]:
    """Where something is on the screen, and how large."""
    box = shown.bounding_box()
    assert box is not None
    return [round(box["x"]), round(box["y"]), round(box["width"]), round(box["height"])]


def play(film: Locator, button: Locator, *, begins_by_itself: bool) -> None:
    if not begins_by_itself:
        expect(button).to_have_attribute("aria-pressed", "false")
        button.click()
    expect(film).to_be_visible()
    expect(button).to_have_attribute("aria-pressed", re.compile("true"))
    assert film.evaluate(ADVANCES)
