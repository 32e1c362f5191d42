"""`make screenshots`: start a stack with the demo, look at its pages, keep what is seen."""

import os
import shutil
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Browser, FilePayload, Page, ViewportSize, expect, sync_playwright

from mediashare.embedded import ports
from mediashare.embedded.home import PROJECT
from mediashare.embedded.stack import Plan, Stack
from tests.journeys import demo_site
from tests.servers import quiet_console, temporary_home

SHOTS = PROJECT / "docs" / "screenshots"
SIZES: list[ViewportSize] = [{"width": 390, "height": 844}, {"width": 1440, "height": 900}]
SETTLED_MS = 1200
# Slow enough to be seen on its way.
UPLOAD_BYTES_A_SECOND = 300_000
UNDER_WAY = ("DSC_0412.jpg", "DSC_0413.jpg", "first-steps.mp4")
KNOWN = PROJECT / "mediashare" / "embedded" / "demo_media" / "forget-me-nots.jpg"


def main() -> None:
    home = temporary_home()
    port = next(port for port in ports.RANGE if ports.is_free(port))
    plan = Plan(web_port=port, durable=False)
    try:
        with (
            Stack(home, plan, quiet_console(home)) as stack,
            sync_playwright() as playwright,
            playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            ) as browser,
        ):
            demo = demo_site.fill(stack)
            for size in SIZES:
                _take_all(browser, stack, demo, size)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _take_all(browser: Browser, stack: Stack, demo: demo_site.Demo, size: ViewportSize) -> None:
    width = size["width"]
    context = browser.new_context(base_url=stack.url, viewport=size)
    page = context.new_page()
    demo_site.sign_in(page)
    address = urlsplit(demo_site.share(page, demo.album, label=f"Friends {width}")).path
    views: dict[str, Callable[[Page], None]] = {
        "library": lambda page: _open(page, "/"),
        "album": lambda page: _open(page, demo.album),
        "viewer": lambda page: _open_viewer(page, demo.photo),
        "share": lambda page: _open(page, address),
    }
    for name, look in views.items():
        look(page)
        _keep(page, f"{name}-{width}.jpg")
    page.emulate_media(color_scheme="dark")
    _open(page, demo.album)
    _keep(page, f"album-dark-{width}.jpg")
    page.emulate_media(color_scheme="light")
    _upload(page)
    _keep(page, f"upload-{width}.jpg")
    page.get_by_role("button", name="Cancel all").click()
    # Or the next size would find them interrupted.
    expect(page.get_by_role("button", name="Cancel all")).to_be_hidden()
    page.wait_for_load_state("networkidle")
    context.close()


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")


def _open_viewer(page: Page, photo: str) -> None:
    _open(page, "/")
    page.locator(f"photo-tile a[href='{photo}']").click()
    expect(page.locator(".pswp--open")).to_be_visible()


def _upload(page: Page) -> None:
    """Some files on their way, and one that is there already."""
    network = page.context.new_cdp_session(page)
    rate = {"downloadThroughput": -1, "uploadThroughput": UPLOAD_BYTES_A_SECOND, "latency": 0}
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", {"offline": False, **rate})
    _open(page, "/upload/")
    files = [_file(name, os.urandom(1_500_000)) for name in UNDER_WAY]
    files.append(_file(KNOWN.name, KNOWN.read_bytes()))
    page.locator(".upload-place input[data-upload]").first.set_input_files(files)
    expect(page.get_by_text("Already in your library")).to_be_visible()
    page.wait_for_timeout(2 * SETTLED_MS)


def _file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def _keep(page: Page, name: str) -> None:
    page.wait_for_timeout(SETTLED_MS)
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / name, type="jpeg", quality=85)


if __name__ == "__main__":
    main()
