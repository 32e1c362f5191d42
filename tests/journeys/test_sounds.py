"""Songs in a browser: with a cover and without, on their page and in the viewer."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_accessibility import assert_nothing_is_in_the_way
from tests.journeys.test_living_album import upload

COVER = Path(__file__).parents[1] / "media" / "orientation-1.jpg"
ADVANCES = """async audio => {
  await audio.play();
  const begun = audio.currentTime;
  return new Promise(done => {
    const look = () => (audio.currentTime > begun + 0.2 ? done(true) : setTimeout(look, 50));
    look();
  });
}"""


@pytest.fixture
def songs(tmp_path: Path) -> list[Path]:
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=12"]
    cover = ["-i", str(COVER), "-map", "0", "-map", "1", "-c:v", "copy"]
    made = {"Waves at dusk.mp3": [*cover, "-disposition:v", "attached_pic"], "voice.flac": []}
    for name, arguments in made.items():
        ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *tone, *arguments]
        subprocess.run([*ffmpeg, str(tmp_path / name)], check=True)
    return [tmp_path / name for name in made]


@pytest.mark.timeout(300)
def test_songs_play_on_their_page_and_in_the_viewer(page: Page, songs: list[Path]):
    upload(page, songs)
    wait_until_made(page)

    for song in songs:
        page.goto("/")
        link = page.locator(f"a.tile-link[data-name='{song.name}']")
        page.goto(str(link.get_attribute("href")))
        assert page.locator(".stage audio").evaluate(ADVANCES)
        page.goto("/")
        link.click()
        shown = page.locator(".pswp__item[aria-hidden='false'] .viewer-sound audio")
        assert shown.evaluate(ADVANCES)
        page.keyboard.press("Escape")
        expect(page.locator(".pswp")).to_have_count(0)
    page.goto(str(link.get_attribute("href")))
    assert_nothing_is_in_the_way(page)


def wait_until_made(page: Page) -> None:
    for _ in range(60):
        page.goto("/")
        if page.locator("a[data-sound]").count() == 2:
            return
        page.wait_for_timeout(1000)
    raise AssertionError("no sound can be heard")
