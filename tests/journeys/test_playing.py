"""A stream in a browser: time advances, seeking lands, every frame comes, trouble passes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, Route, expect

from mediashare.embedded.stack import Stack
from tests import streams
from tests.journeys import sight
from tests.journeys.tray import Network

NEAR_SECONDS = 0.5
FRAMES = streams.SECONDS * streams.FRAME_RATE
# Those that were decoded ahead when the counting began; a piece has sixty.
AHEAD = 10
# Both sides of the boundary between two files, the very ends, and backwards.
PLACES = [11.5, 0.2, 5.9, 6.1, 6.0, 3.0, 9.98]
SHOWN_AT = """(video, time) => new Promise(done => {
    video.requestVideoFrameCallback((_, frame) => done(frame.mediaTime));
    video.closest("media-player").seek(time);
})"""
COUNT = """video => {
    video.waits = 0;
    video.addEventListener("waiting", () => video.waits++);
    video.before = video.getVideoPlaybackQuality().totalVideoFrames;
    video.whenEnded = new Promise(done => video.addEventListener("ended", done, { once: true }));
}"""
COUNTED = """video => ({
    waits: video.waits,
    frames: video.getVideoPlaybackQuality().totalVideoFrames - video.before,
    ranges: video.buffered.length,
    end: video.buffered.end(0),
    time: video.currentTime,
})"""


@pytest.fixture
def film(newcomer: str, running_site: Stack) -> str:
    return streams.publish(f"{newcomer}@example.org", env=running_site.env)


@pytest.fixture
def refusals(page: Page) -> list[str]:
    """What the page's policy did not allow."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            found.append(message.text)

    page.on("console", note)
    return found


@pytest.mark.timeout(500)
def test_a_film_plays_from_the_first_rung_to_its_end(
    page: Page, film: str, running_site: Stack, refusals: list[str]
):
    with first_rung_only(running_site):
        page.goto(f"/items/{film}/")
        page.get_by_role("button", name="Play").first.click()
        wait_for_time(page, above=0.5)
        assert width_of(page) == 160
        # That it does not end before the others are there.
        video(page).evaluate("video => { video.playbackRate = 0.25; }")
    grow_to_all_rungs(page)
    sight.check_now(page)
    seek_about(page)
    change_the_quality(page)
    use_the_keys(page)
    look_at_the_storyboard(page)
    play_to_the_end(page)
    assert refusals == []


@pytest.mark.timeout(500)
def test_a_film_goes_on_after_trouble(
    page: Page, film: str, running_site: Stack, refusals: list[str]
):
    page.goto("/")
    tile = page.locator("photo-tile").first
    tile.hover()
    expect(page.locator(".tile-preview[data-playing]")).to_have_count(1)

    tile.locator("a").click()
    wait_for_time(page, above=0.5)
    page.go_back()
    expect(page.locator(".pswp")).to_have_count(0)

    addresses_have_ended(page, film)
    the_connection_is_lost(page, film)
    begins_anew_near_the_end(page)
    it_may_be_tried_again_though_it_plays(page, film, running_site)
    assert refusals == []


def it_may_be_tried_again_though_it_plays(page: Page, film: str, site: Stack) -> None:
    """Of a file whose end is missing the page says so, and the player does not cover it."""
    ask(site, "update albums_item set state = 'failed' where name = 'film.mp4'")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(f"/items/{film}/")
        expect(page.locator("media-player")).to_be_visible()
        page.get_by_role("button", name="Try again").click(trial=True)


@contextmanager
def first_rung_only(site: Stack) -> Iterator[None]:
    """As while a worker is busy with the larger ones."""
    ask(site, "create table held as select * from processing_track where width > 160")
    ask(site, "delete from processing_track where width > 160")
    ask(site, "update albums_item set state = 'processing' where name = 'film.mp4'")
    yield
    ask(site, "insert into processing_track select * from held")
    ask(site, "update albums_item set state = 'ready' where name = 'film.mp4'")
    ask(site, "drop table held")


def grow_to_all_rungs(page: Page) -> None:
    """The page brings larger rungs by itself, and stays where it was."""
    before = time_of(page)
    expect(page.locator("[data-part=quality] option")).to_have_text(
        [re.compile("Automatic"), "180p", "136p", "90p"]
    )
    wait_for_time(page, above=before)
    assert video(page).evaluate("video => video.playbackRate") == 0.25
    page.wait_for_function("() => document.querySelector('media-player video').videoWidth > 160")
    video(page).evaluate("video => { video.playbackRate = 1; }")
    expect(page.locator("#stage-note")).to_have_count(0)


def seek_about(page: Page) -> None:
    video(page).evaluate("video => video.pause()")
    for place in PLACES:
        shown = video(page).evaluate(SHOWN_AT, place)
        assert shown == pytest.approx(place, abs=NEAR_SECONDS), place
        assert time_of(page) == pytest.approx(place, abs=NEAR_SECONDS)


def change_the_quality(page: Page) -> None:
    video(page).evaluate(SHOWN_AT, 2.0)
    page.get_by_label("Quality and speed").click()
    page.get_by_label("Quality", exact=True).select_option("90p")
    video(page).evaluate("video => video.play()")
    page.wait_for_function("() => document.querySelector('media-player video').videoWidth === 160")
    assert 2.0 - NEAR_SECONDS < time_of(page) <= streams.SECONDS
    page.get_by_label("Quality", exact=True).select_option(index=0)
    page.get_by_label("Speed", exact=True).select_option("2")
    assert video(page).evaluate("video => video.playbackRate") == 2
    page.get_by_label("Speed", exact=True).select_option("Normal")
    page.keyboard.press("Escape")
    video(page).evaluate("video => video.pause()")


def use_the_keys(page: Page) -> None:
    video(page).evaluate(SHOWN_AT, 1.0)
    page.locator("body").focus()
    for key, place in [("l", 11.0), ("j", 1.0), (".", 1 + 1 / 30), (",", 1.0)]:
        page.keyboard.press(key)
        assert time_of(page) == pytest.approx(place, abs=0.02), key
    page.get_by_role("slider", name="Position").focus()
    page.keyboard.press("ArrowRight")
    assert time_of(page) == pytest.approx(6.0, abs=0.02)
    said = page.get_by_role("slider", name="Position").get_attribute("aria-valuetext")
    assert said == "6 seconds of 12 seconds"
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Sound on")).to_be_visible()


def look_at_the_storyboard(page: Page) -> None:
    page.get_by_role("slider", name="Position").hover()
    frame = page.locator("[data-part=frame]")
    expect(frame).to_be_visible()
    expect(frame).to_have_css("background-image", re.compile("storyboard-v1.jpg"))


def play_to_the_end(page: Page) -> None:
    """Every frame is presented or counted as dropped; none waits at a boundary."""
    video(page).evaluate(SHOWN_AT, 0)
    page.wait_for_function(
        "end => { const { buffered } = document.querySelector('media-player video');"
        " return buffered.length && buffered.end(buffered.length - 1) > end; }",
        arg=streams.SECONDS - 0.2,
    )
    video(page).evaluate(COUNT)
    page.keyboard.press("k")
    video(page).evaluate("video => video.whenEnded.then(() => true)")

    counted = video(page).evaluate(COUNTED)
    assert counted["waits"] == 0
    assert counted["ranges"] == 1
    assert counted["frames"] == pytest.approx(FRAMES, abs=AHEAD)
    assert counted["time"] == pytest.approx(streams.SECONDS, abs=0.1)


def addresses_have_ended(page: Page, film: str) -> None:
    """The store refuses what it is asked for until the playlist is fetched again."""

    def refuse(route: Route) -> None:
        route.fulfill(status=403, headers={"Access-Control-Allow-Origin": "*"})

    page.goto(f"/items/{film}/")
    page.route("**/hls-*/**", refuse)
    with page.expect_request("**/master.m3u8"):
        page.get_by_role("button", name="Play").first.click()
    # Once more by the player's own wish, before it begins anew.
    page.wait_for_event("request", lambda request: request.url.endswith("master.m3u8"))
    page.unroute("**/hls-*/**")
    wait_for_time(page, above=0.5)


def the_connection_is_lost(page: Page, film: str) -> None:
    page.goto(f"/items/{film}/")
    page.locator("media-player").hover()
    page.wait_for_function("() => document.querySelector('media-player video').readyState > 0")
    network = Network(page)
    with network.lost():
        video(page).evaluate("video => video.closest('media-player').retry()")
        expect(page.get_by_role("alert")).to_contain_text("The connection was lost")
        page.get_by_role("button", name="Play").first.dispatch_event("click")
    wait_for_time(page, above=0.5)
    expect(page.locator("[data-part=trouble]")).to_be_hidden()


def begins_anew_near_the_end(page: Page) -> None:
    video(page).evaluate(SHOWN_AT, streams.SECONDS - 0.05)
    video(page).evaluate("video => video.closest('media-player').retry()")
    page.wait_for_function("() => document.querySelector('media-player video').readyState > 1")
    assert time_of(page) == pytest.approx(streams.SECONDS, abs=1)


def video(page: Page) -> Locator:
    return page.locator("media-player video").first


def time_of(page: Page) -> float:
    return float(video(page).evaluate("video => video.currentTime"))


def width_of(page: Page) -> int:
    return int(video(page).evaluate("video => video.videoWidth"))


def wait_for_time(page: Page, *, above: float) -> None:
    page.wait_for_function(
        "time => document.querySelector('media-player video')?.currentTime > time", arg=above
    )


def ask(site: Stack, statement: str) -> None:
    database = psycopg2.connect(site.settings["DATABASE_URL"])
    with database, database.cursor() as cursor:
        cursor.execute(statement)
    database.close()
