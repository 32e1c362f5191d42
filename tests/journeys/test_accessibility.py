"""axe-core finds nothing on any page, light or dark, on a phone or a desk, and none runs off it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect

from mediashare.embedded.home import PROJECT
from mediashare.embedded.stack import Stack
from tests.journeys import demo_site
from tests.journeys.tray import Tray, file_of

SIZES: list[ViewportSize] = [{"width": 390, "height": 844}, {"width": 1440, "height": 900}]
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]
MEDIA = PROJECT / "mediashare" / "embedded" / "demo_media"
COMPARED_SECONDS = 120
# Colours that are on their way from one theme to the other belong to neither. Without motion that
# takes a few frames: what inherits a colour sets out when its parent has arrived.
SETTLED = """async () => {
  await new Promise((done) => setTimeout(done, 100));
  for (let quiet = 0; quiet < 5; ) {
    await new Promise(requestAnimationFrame);
    quiet = document.getAnimations().some((each) => each.playState === "running") ? 0 : quiet + 1;
  }
}"""
# Passed and inapplicable rules are most of an answer, and nobody reads them.
LOOK = """axe.run({resultTypes: ["violations"]}).then(({violations}) => ({violations}))"""
OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

PUBLIC = ["/", "/account/login/", "/account/signup/", "/account/password/reset/", "/nowhere/"]
OWN = [
    "/",
    "/?q=otter",
    "/?q=nothing+says+this",
    "/upload/",
    "/albums/",
    "{album}",
    "{album}edit/",
    "{album}items/",
    "{album}order/",
    "{album}shares/",
    "{album}film/",
    "{photo}",
    "{video}",
    "/folders/",
    "/folders/mail/",
    "/jobs/",
    "/jobs/?show=recent",
    "/similar/",
    "/trash/",
    "/mailbox/",
    "/account/",
    "/account/tokens/",
    "/account/devices/",
    "/account/devices/link/",
    "/archives/",
    "/account/email/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/2fa/totp/activate/",
]


@pytest.fixture(scope="module")
def demo(running_site: Stack) -> demo_site.Demo:
    return demo_site.fill(running_site)


@pytest.fixture(scope="module")
def signed_in(
    chromium: Browser, running_site: Stack, demo: demo_site.Demo
) -> Iterator[BrowserContext]:
    """One sign-in for all pages; a second factor's page asks for a recent one."""
    context = chromium.new_context(base_url=running_site.url)
    demo_site.sign_in(context.new_page())
    yield context
    context.close()


@pytest.fixture
def own_page(signed_in: BrowserContext) -> Iterator[Page]:
    page = signed_in.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("address", OWN)
def test_a_page_of_ones_own(own_page: Page, demo: demo_site.Demo, address: str):
    own_page.goto(address.format(album=demo.album, photo=demo.photo, video=demo.video))

    assert_nothing_is_in_the_way(own_page)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_page_for_everybody(new_context: Callable[..., BrowserContext], address: str):
    page = new_context().new_page()
    page.goto(address)

    assert_nothing_is_in_the_way(page)


def test_the_open_viewer(own_page: Page):
    own_page.goto("/")
    own_page.locator("photo-tile a").first.click()
    expect(own_page.locator(".pswp__img").first).to_be_visible()

    assert_nothing_is_in_the_way(own_page)


def test_the_picking_of_items(own_page: Page):
    own_page.goto("/")
    own_page.get_by_role("button", name="Select", exact=True).click()
    own_page.locator(".tile-pick").first.click()

    assert_nothing_is_in_the_way(own_page)


def test_a_shared_album_open_and_locked(
    own_page: Page, demo: demo_site.Demo, new_context: Callable[..., BrowserContext]
):
    visitor = new_context().new_page()
    for label, password in (("Friends", ""), ("Grandmother", "lighthouse")):
        address = demo_site.share(own_page, demo.album, label=label, password=password)
        visitor.goto(urlsplit(address).path)

        assert_nothing_is_in_the_way(visitor)


def test_the_address_of_a_new_link_is_in_view_and_chosen(own_page: Page, demo: demo_site.Demo):
    own_page.set_viewport_size(SIZES[0])
    address = demo_site.share(own_page, demo.album, label="Colleagues")

    field = own_page.get_by_label("Address of Colleagues")
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
    expect(own_page.get_by_role("button", name="Copy").first).to_be_in_viewport()
    assert own_page.evaluate("document.activeElement.selectionEnd") == len(address)


def test_an_item_of_a_shared_album_and_a_closed_link(
    own_page: Page, demo: demo_site.Demo, new_context: Callable[..., BrowserContext]
):
    address = urlsplit(demo_site.share(own_page, demo.album, label="Neighbours")).path
    visitor = new_context().new_page()
    visitor.goto(f"{address}{demo.photo.removeprefix('/')}")
    assert_nothing_is_in_the_way(visitor)

    door = own_page.locator(".door").filter(has_text="Neighbours")
    door.get_by_role("button", name="Close link").click()
    expect(door).to_contain_text("Closed")
    visitor.goto(address)
    assert_nothing_is_in_the_way(visitor)


def test_the_correcting_of_an_item(own_page: Page, demo: demo_site.Demo):
    own_page.goto(demo.photo)
    own_page.get_by_role("button", name="Correct date, place or words").click()
    own_page.get_by_label("City or coordinates").fill("lisb")
    expect(own_page.get_by_role("button", name="Lisbon, Portugal")).to_be_visible()

    assert_nothing_is_in_the_way(own_page)


def test_a_place_that_is_typed_before_the_scripts_have_come_is_searched_for(
    own_page: Page, demo: demo_site.Demo
):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    own_page.route("**/htmx*.js", hold)
    own_page.goto(demo.photo, wait_until="commit")
    own_page.get_by_role("button", name="Correct date, place or words").click(no_wait_after=True)
    own_page.get_by_label("City or coordinates").fill("lisb")
    # One of each page.
    while len(held) < 2:
        own_page.wait_for_timeout(50)

    held[1].continue_()

    expect(own_page.get_by_role("button", name="Lisbon, Portugal")).to_be_visible()


def test_the_visitors_page_of_an_archive(
    own_page: Page, demo: demo_site.Demo, new_context: Callable[..., BrowserContext]
):
    address = urlsplit(demo_site.share(own_page, demo.album, label="Cousins")).path
    visitor = new_context().new_page()
    visitor.goto(f"{address}archive/")

    assert_nothing_is_in_the_way(visitor)


def test_a_folder_as_an_album_its_people_and_its_activity(page: Page):
    """Somebody else's page, since the demo has no folder."""
    page.goto("/folders/")
    page.get_by_text("New folder").click()
    page.get_by_label("Name").fill("Trips")
    page.get_by_role("button", name="Create folder").click()
    folder = page.url
    page.get_by_role("link", name="Show as album").click()
    assert_nothing_is_in_the_way(page)

    page.get_by_role("button", name="Make the album").click()
    page.get_by_role("main").get_by_role("link", name="Trips").click()
    expect(page.get_by_role("heading", name="The folder of “Trips”")).to_be_visible()
    assert_nothing_is_in_the_way(page)

    page.goto(f"{folder}people/")
    assert_nothing_is_in_the_way(page)
    page.get_by_label("Name of the folder").fill("Journeys")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("link", name="Activity").click()
    expect(page.get_by_text("renamed this folder")).to_be_visible()
    assert_nothing_is_in_the_way(page)


def test_the_pages_of_a_folder_of_its_past_and_of_its_links(
    page: Page, tmp_path: Path, new_context: Callable[..., BrowserContext]
):
    """What stands in front of them is looked at with them: the tray, a sheet, what is selected."""
    page.goto("/folders/")
    page.get_by_text("New folder").click()
    page.get_by_label("Name").fill("Trips")
    page.get_by_role("button", name="Create folder").click()
    folder, chooser = page.url, page.locator("input[data-part=picker]")
    for text in ("first", "second"):
        notes = tmp_path / text / f"notes of all that we saw, and of {'very-' * 9}much more.txt"
        notes.parent.mkdir()
        notes.write_text(text)
        chooser.set_input_files(str(notes))
        expect(page.locator("#upload-tray-title")).to_contain_text("1 file uploaded")
    expect(page.get_by_role("button", name="Replace all")).to_be_visible()
    assert_nothing_is_in_the_way(page)

    page.get_by_role("button", name="Replace all").click()
    expect(page.locator("#upload-tray-title")).to_have_text("2 files uploaded")
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("link", name="Rename notes").click()
    page.get_by_role("dialog").get_by_label("Name").fill("notes.txt")
    assert_nothing_is_in_the_way(page)

    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    page.get_by_label("Select notes.txt").check()
    assert_nothing_is_in_the_way(page)

    page.get_by_role("button", name="Clear the selection").click()
    page.get_by_role("link", name="notes.txt", exact=True).click()
    expect(page.get_by_role("button", name="Put back").first).to_be_visible()
    expect(page.locator("pre")).to_have_text("second")
    assert_nothing_is_in_the_way(page)

    for part in ("shares/", "past/"):
        page.goto(f"{folder}{part}")
        assert_nothing_is_in_the_way(page)
    page.get_by_role("link", name="Look just before").click()
    assert_nothing_is_in_the_way(page)

    address = demo_site.share(page, folder, label="Friends")
    visitor = new_context().new_page()
    visitor.goto(address)
    assert_nothing_is_in_the_way(visitor)

    page.goto(folder)
    page.get_by_label("Select notes.txt").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.goto(f"{folder}trash/")
    assert_nothing_is_in_the_way(page)


def test_the_choosing_of_an_album(own_page: Page):
    own_page.goto("/")
    own_page.get_by_role("button", name="Select", exact=True).click()
    own_page.locator(".tile-pick").first.click()
    own_page.get_by_role("button", name="Add to album").click()
    expect(own_page.get_by_label("A new album")).to_be_visible()

    assert_nothing_is_in_the_way(own_page)


def test_photos_that_look_alike_and_a_stack_of_them(page: Page, tmp_path: Path):
    """Somebody else's page; the photos are compared while it waits."""
    with Image.open(MEDIA / "forget-me-nots.jpg") as photo:
        photo.save(tmp_path / "large.jpg")
        photo.resize((600, 400)).save(tmp_path / "small.jpg")
    Tray(page).choose(tmp_path / "large.jpg", tmp_path / "small.jpg")
    expect(page.locator("#upload-tray-title")).to_have_text("2 files uploaded")
    answers = page.get_by_role("button", name="Stack behind the chosen one")
    for _ in range(COMPARED_SECONDS):
        page.goto("/similar/")
        if answers.count():
            break
        page.wait_for_timeout(1000)
    expect(page.get_by_role("radio", name="large.jpg")).to_be_checked()
    assert_nothing_is_in_the_way(page)

    page.get_by_role("radio", name="large.jpg").press("ArrowRight")
    expect(page.get_by_role("radio", name="small.jpg")).to_be_checked()
    answers.press("Enter")
    expect(page.get_by_text("No two alike")).to_be_visible()
    page.goto("/")
    page.goto(page.locator("photo-tile a").get_attribute("href") or "")
    page.get_by_role("link", name="Stack of 2").click()
    assert_nothing_is_in_the_way(page)


def test_the_question_before_deleting_for_good(page: Page, tmp_path: Path):
    """Somebody else's page, since it takes a full trash."""
    Tray(page).choose(file_of(tmp_path, "beach.jpg", 1000))
    expect(page.locator("#upload-tray-title")).to_have_text("1 file uploaded")
    page.goto("/")
    page.locator("photo-tile a").first.click()
    page.get_by_role("button", name="Move to trash").click()
    page.goto("/trash/")
    assert_nothing_is_in_the_way(page)

    page.get_by_role("button", name="Empty the trash").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("for good")
    assert_nothing_is_in_the_way(page)


def assert_nothing_is_in_the_way(page: Page) -> None:
    """In all four dresses of the page as it stands."""
    found = []
    page.evaluate(AXE_SCRIPT)
    for size in SIZES:
        page.set_viewport_size(size)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(SETTLED)
            report = AxeResults(page.evaluate(LOOK))
            if report.violations_count:
                found.append(f"{page.url} {size['width']} {scheme}\n{report.generate_report()}")
        if overhang := page.evaluate(OVERHANG):
            found.append(f"{page.url} {size['width']} is {overhang} px wider than its window")
    assert not found, "\n".join(found)
