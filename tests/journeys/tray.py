"""The upload tray as its user sees it, and the network as it can be made to behave."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import CDPSession, Locator, Page, Response, expect

MIB = 2**20
# Large enough for more than one round of parts: seven of 16 MiB.
LARGE = 112 * MIB
DONE_MS = 150_000


def file_of(folder: Path, name: str, size: int) -> Path:
    """A file of random bytes, so that nobody has it yet."""
    path = folder / name
    path.write_bytes(os.urandom(size))
    return path


class Tray:
    """The uploads of one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.part_numbers: list[str] = []
        # Told of in order: what a page shows of an answer comes later.
        page.on("response", self._note)
        page.goto("/upload/")

    def choose(self, *paths: Path) -> None:
        chooser = self.page.locator(".upload-place input[data-upload]").first
        chooser.set_input_files([str(path) for path in paths])

    def row(self, name: str) -> Locator:
        return self.page.locator(".upload-row").filter(has_text=name)

    def status(self, name: str) -> Locator:
        return self.row(name).locator("[data-part=status]")

    @property
    def title(self) -> Locator:
        return self.page.locator("#upload-tray-title")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def expect_title(self, words: str) -> None:
        expect(self.title).to_have_text(words, timeout=DONE_MS)

    def wait_for_parts(self, count: int) -> None:
        """Until the store has taken so many parts from this page."""
        while len(self.part_numbers) < count:
            self.page.wait_for_timeout(50)

    def open_uploads(self) -> list[str]:
        """Names of the uploads that the service still waits for."""
        answer = self.page.request.get("/api/v1/uploads").json()
        return [upload["name"] for upload in answer["results"]]

    def _note(self, response: Response) -> None:
        if response.ok and response.request.method == "PUT" and "partNumber=" in response.url:
            self.part_numbers.append(response.url.split("partNumber=")[1].split("&")[0])


class Network:
    """What the page's connection is like."""

    def __init__(self, page: Page) -> None:
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("Network.enable")

    def be(self, *, offline: bool = False, upload_mib_a_second: float = -1) -> None:
        rate = upload_mib_a_second * MIB if upload_mib_a_second > 0 else -1
        limits = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": rate}
        self._cdp.send("Network.emulateNetworkConditions", {"offline": offline, **limits})

    @contextmanager
    def lost(self) -> Iterator[None]:
        self.be(offline=True)
        yield
        self.be()
