"""axe-core finds nothing on any page, light or dark, on a phone or a desk."""

from collections.abc import Callable, Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from mediashare.embedded.stack import Stack
from tests.journeys import demo_site

SIZES: list[ViewportSize] = [{"width": 390, "height": 844}, {"width": 1440, "height": 900}]
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]
# Colours that are on their way from one theme to the other belong to neither.
SETTLED_MS = 400

PUBLIC = ["/", "/account/login/", "/account/signup/", "/account/password/reset/", "/nowhere/"]
OWN = [
    "/",
    "/upload/",
    "/albums/",
    "{album}",
    "{album}edit/",
    "{album}items/",
    "{album}order/",
    "{album}shares/",
    "{photo}",
    "{video}",
    "/trash/",
    "/mailbox/",
    "/account/",
    "/account/tokens/",
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


def assert_nothing_is_in_the_way(page: Page) -> None:
    """In all four dresses of the page as it stands."""
    found = []
    for size in SIZES:
        page.set_viewport_size(size)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(SETTLED_MS)
            report = Axe().run(page)
            if report.violations_count:
                found.append(f"{page.url} {size['width']} {scheme}\n{report.generate_report()}")
    assert not found, "\n".join(found)
