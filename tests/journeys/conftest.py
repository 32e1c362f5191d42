"""A real headless Chromium, and people who are known to the running site."""

import itertools
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from mediashare.embedded.stack import Stack
from tests.newcomer import Reception
from tests.people import PASSWORD

# Long enough for a machine with two cores and much else to do.
PATIENCE_MS = 60_000
NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; playwright's own browsers are not downloaded."""
    path = shutil.which("chromium")
    assert path, "The journeys need Chromium: run tests/install-browser."
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium: Browser, running_site: Stack) -> Iterator[Callable[..., BrowserContext]]:
    """A browser of its own, as another person's: `new_context(viewport=...)`."""
    contexts: list[BrowserContext] = []

    def new(**options: object) -> BrowserContext:
        options = {"viewport": {"width": 1440, "height": 900}, **options}
        context = chromium.new_context(base_url=running_site.url, **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def reception(running_site: Stack) -> Iterator[Reception]:
    """Where new people come in."""
    reception = Reception(running_site.env)
    yield reception
    reception.close()


@pytest.fixture
def newcomer(reception: Reception, request: pytest.FixtureRequest) -> str:
    """A name that is new to the site and now belongs to somebody with a confirmed address."""
    name = request.node.name.removeprefix("test_").replace("_", "-").partition("[")[0]
    # With a number, since one test may come several times.
    name = f"{name[:40]}-{next(NUMBERS)}"
    reception.arrive(name)
    return name


@pytest.fixture
def page(new_context: Callable[..., BrowserContext], newcomer: str) -> Page:
    """A page of the newcomer, signed in."""
    page = new_context().new_page()
    sign_in(page, newcomer)
    return page


def sign_in(page: Page, name: str) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    # Pictures may come later than the page.
    page.wait_for_url(lambda url: "/account/login" not in url, wait_until="domcontentloaded")
