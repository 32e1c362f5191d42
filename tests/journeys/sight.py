"""What a page must never do to anybody: hide things from a screen reader, or run off the side."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_axe = Axe()


def check(page: Page, path: str) -> None:
    """Go there and complain about what axe finds and about what is too wide."""
    page.goto(path)
    check_now(page)


def check_now(page: Page) -> None:
    found = _axe.run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    overhang = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overhang == 0, f"{page.url} is {overhang} px wider than the window."
