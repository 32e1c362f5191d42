"""Files on their way from a browser to the library, and what may go wrong meanwhile."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, Route, expect

from mediashare.embedded import programs
from mediashare.embedded.stack import Stack
from tests.journeys.conftest import sign_in
from tests.journeys.sight import check_now
from tests.journeys.tray import DONE_MS, LARGE, MIB, Network, Tray, file_of

# An answer that came too late, or was garbled on the way: sending again helps.
PASSING_FAULTS = [(403, "ExpiredToken"), (400, "BadDigest"), (503, "SlowDown")]
WATCH_DIALOGS = "window.alert = () => { window.wasFooled = true; };"


def test_files_reach_the_library_and_their_names_are_only_text(page: Page, tmp_path: Path):
    page.add_init_script(WATCH_DIALOGS)
    tray = Tray(page)
    marked = file_of(tmp_path, "<img src=x onerror=alert(1)>.jpg", 100_000)
    turned = file_of(tmp_path, "beach\u202egpj.exe", 100_000)

    tray.choose(marked, turned)
    tray.expect_title("2 files uploaded")

    expect(tray.row("<img src=x onerror=alert(1)>.jpg")).to_be_visible()
    expect(tray.row("beachgpj.exe")).to_be_visible()
    assert page.evaluate("window.wasFooled") is None
    assert page.locator(".upload-row img").count() == 0
    assert tray.open_uploads() == []


def test_a_finished_upload_is_told_to_the_page(page: Page, tmp_path: Path):
    page.add_init_script(
        "document.addEventListener('upload:complete', (e) => { window.told = e.detail.item; });"
    )
    tray = Tray(page)

    tray.choose(file_of(tmp_path, "beach.jpg", 1000))
    tray.expect_title("1 file uploaded")

    item = page.evaluate("window.told")
    assert item["name"] == "beach.jpg"
    expect(tray.row("beach.jpg").get_by_role("link", name="Open")).to_have_attribute(
        "href", item["url"]
    )


def test_a_file_that_is_chosen_before_the_scripts_have_come_is_sent(page: Page, tmp_path: Path):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/upload-tray*.js", hold)
    page.goto("/upload/", wait_until="commit")
    chooser = page.locator(".upload-place input[data-upload]").first
    chooser.set_input_files(str(file_of(tmp_path, "beach.jpg", 1000)))
    while not held:
        page.wait_for_timeout(50)

    held[0].continue_()

    expect(page.locator("#upload-tray-title")).to_have_text("1 file uploaded", timeout=DONE_MS)


def test_a_file_that_is_there_already_is_not_sent_again(page: Page, tmp_path: Path):
    beach = file_of(tmp_path, "beach.jpg", 100_000)
    Tray(page).choose(beach)
    expect(page.locator("#upload-tray-title")).to_have_text("1 file uploaded", timeout=DONE_MS)

    tray = Tray(page)
    tray.choose(beach.rename(tmp_path / "copy.jpg"))

    expect(tray.status("copy.jpg")).to_have_text("Already in your library")
    assert tray.part_numbers == []


def test_an_empty_file_is_refused_in_words(page: Page, tmp_path: Path):
    tray = Tray(page)

    tray.choose(file_of(tmp_path, "empty.jpg", 0), file_of(tmp_path, "full.jpg", 10))

    expect(tray.status("empty.jpg")).to_have_text(
        "This file is empty, so there is nothing to upload."
    )
    tray.expect_title("1 file uploaded, 1 failed")


def test_a_hundred_small_files_all_arrive(page: Page, tmp_path: Path):
    tray = Tray(page)

    tray.choose(*[file_of(tmp_path, f"{number:03}.jpg", 5000) for number in range(100)])

    tray.expect_title("100 files uploaded")
    assert tray.open_uploads() == []


def test_a_folder_is_taken_without_what_the_system_left_in_it(page: Page, tmp_path: Path):
    folder = tmp_path / "trip"
    (folder / "day one").mkdir(parents=True)
    file_of(folder, "beach.jpg", 1000)
    file_of(folder / "day one", "waves.jpg", 1000)
    file_of(folder, ".DS_Store", 1000)
    tray = Tray(page)

    page.locator("input[webkitdirectory]").set_input_files(str(folder))

    tray.expect_title("2 files uploaded")
    expect(page.locator("[data-part=note]")).to_have_text("1 system file was left out.")


def test_files_and_directories_go_into_a_synced_folder(page: Page, tmp_path: Path):
    trip = tmp_path / "trip"
    (trip / "day one").mkdir(parents=True)
    notes, large = file_of(trip, "notes.txt", 1000), file_of(trip, "large.bin", 9 * MIB)
    file_of(trip / "day one", "empty.txt", 0)
    page.goto("/folders/")
    page.get_by_text("New folder").click()
    page.get_by_label("Name").fill("Trips")
    page.get_by_role("button", name="Create folder").click()
    title, listing = page.locator("#upload-tray-title"), page.locator(".file-list")

    page.locator("input[data-part=picker]").set_input_files([str(notes), str(large)])
    expect(title).to_have_text("2 files uploaded", timeout=DONE_MS)
    page.locator("input[data-part=directory]").set_input_files(str(trip))
    expect(title).to_have_text("5 files uploaded", timeout=DONE_MS)
    expect(listing).to_contain_text("trip")

    # Another file has the name: somebody has to say what is meant.
    notes.write_text("other notes")
    page.locator("input[data-part=picker]").set_input_files(str(notes))
    page.get_by_role("button", name="Keep both notes.txt").click(timeout=DONE_MS)
    expect(listing).to_contain_text("notes (2).txt", timeout=DONE_MS)

    page.get_by_label("Select trip").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(listing).not_to_contain_text("trip")
    page.get_by_role("button", name="Undo").click()
    expect(listing).to_contain_text("trip")

    with Network(page).lost():
        page.locator("input[data-part=picker]").set_input_files(str(file_of(tmp_path, "late", 9)))
        waiting = page.locator(".upload-row").get_by_text("Waiting for the connection.")
        expect(waiting).to_be_visible()
    expect(title).to_have_text("1 file uploaded", timeout=DONE_MS)
    expect(listing).to_contain_text("late")


def test_files_can_be_dropped_anywhere(page: Page):
    tray = Tray(page)
    dragged = page.evaluate_handle(
        """() => {
            const dragged = new DataTransfer();
            dragged.items.add(new File(["pixels"], "beach.jpg"));
            return dragged;
        }"""
    )

    page.dispatch_event("header", "dragenter", {"dataTransfer": dragged})
    expect(page.get_by_text("Drop to add to your library")).to_be_visible()
    page.dispatch_event("header", "drop", {"dataTransfer": dragged})

    expect(page.get_by_text("Drop to add to your library")).to_be_hidden()
    tray.expect_title("1 file uploaded")


def test_a_folder_can_be_dropped(page: Page, tmp_path: Path):
    folder = tmp_path / "trip"
    (folder / "day one").mkdir(parents=True)
    file_of(folder, "beach.jpg", 1000)
    file_of(folder / "day one", "waves.jpg", 1000)
    tray = Tray(page)
    hand = page.context.new_cdp_session(page)

    for act in ("dragEnter", "dragOver", "drop"):
        dragged = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
        hand.send("Input.dispatchDragEvent", {"type": act, "x": 300, "y": 300, "data": dragged})

    tray.expect_title("2 files uploaded")


def test_a_picture_can_be_pasted(page: Page):
    tray = Tray(page)

    page.evaluate(
        """() => {
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File(["pixels"], "image.png", { type: "image/png" }));
            document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
        }"""
    )

    tray.expect_title("1 file uploaded")


@pytest.mark.parametrize(("status", "code"), PASSING_FAULTS)
def test_a_fault_of_the_store_that_passes_is_not_a_failure(
    page: Page, tmp_path: Path, status: int, code: str
):
    tray = Tray(page)
    faults: list[str] = []

    def fail(route: Route) -> None:
        faults.append(route.request.method)
        open_to_all = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(
            status=status, headers=open_to_all, body=f"<Error><Code>{code}</Code></Error>"
        )

    page.route("**partNumber=1&**", fail, times=2)
    tray.choose(file_of(tmp_path, "film.mp4", 40 * MIB))

    tray.expect_title("1 file uploaded")
    assert faults == ["PUT", "PUT"]


def test_after_a_reload_only_missing_parts_are_sent(page: Page, tmp_path: Path):
    film = file_of(tmp_path, "film.mp4", LARGE)
    tray, network = Tray(page), Network(page)
    page.on("dialog", lambda dialog: dialog.accept())
    network.be(upload_mib_a_second=25)
    tray.choose(film)
    tray.wait_for_parts(5)
    page.reload()
    before = set(tray.part_numbers)
    tray.part_numbers.clear()

    expect(page.get_by_text("1 upload was interrupted")).to_be_visible()
    network.be()
    tray.choose(film)
    expect(page.get_by_text("1 upload was interrupted")).to_be_hidden()
    tray.expect_title("1 file uploaded")

    assert len(before) >= 5
    assert before.isdisjoint(tray.part_numbers)
    assert before | set(tray.part_numbers) == {str(number) for number in range(1, 8)}


def test_a_changed_file_of_the_same_name_and_size_is_not_mixed_in(page: Page, tmp_path: Path):
    film = file_of(tmp_path, "film.mp4", LARGE)
    tray, network = Tray(page), Network(page)
    page.on("dialog", lambda dialog: dialog.accept())
    network.be(upload_mib_a_second=25)
    tray.choose(film)
    tray.wait_for_parts(5)
    page.reload()
    tray.part_numbers.clear()
    network.be()

    tray.choose(file_of(tmp_path, "film.mp4", LARGE))
    tray.expect_title("1 file uploaded")

    assert len(tray.part_numbers) == 7


def test_interrupted_uploads_can_be_discarded(page: Page, tmp_path: Path):
    tray, network = Tray(page), Network(page)
    page.on("dialog", lambda dialog: dialog.accept())
    network.be(upload_mib_a_second=1)
    tray.choose(file_of(tmp_path, "film.mp4", 20 * MIB))
    expect(tray.status("film.mp4")).to_contain_text("of 20 MB")
    page.reload()

    tray.press("Discard them")

    expect(page.get_by_text("1 upload was interrupted")).to_be_hidden()
    assert tray.open_uploads() == []


def test_leaving_while_sending_asks_first(page: Page, tmp_path: Path):
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    tray, network = Tray(page), Network(page)
    page.reload()
    assert asked == []
    network.be(upload_mib_a_second=1)
    tray.choose(file_of(tmp_path, "film.mp4", 20 * MIB))
    expect(tray.status("film.mp4")).to_contain_text("of 20 MB")

    page.reload()

    assert asked == ["beforeunload"]


def test_a_lost_connection_only_delays(page: Page, tmp_path: Path):
    tray, network = Tray(page), Network(page)
    network.be(upload_mib_a_second=10)
    tray.choose(file_of(tmp_path, "film.mp4", 48 * MIB))
    expect(tray.status("film.mp4")).to_contain_text("MB of 48 MB")

    with network.lost():
        expect(tray.status("film.mp4")).to_contain_text("Waiting for the connection")

    tray.expect_title("1 file uploaded")


def test_a_store_that_goes_away_for_a_while_only_delays(
    page: Page, tmp_path: Path, running_site: Stack
):
    tray, network = Tray(page), Network(page)
    network.be(upload_mib_a_second=10)
    tray.choose(file_of(tmp_path, "film.mp4", 48 * MIB))
    expect(tray.status("film.mp4")).to_contain_text("MB of 48 MB")

    running_site.stop_part("objects")
    try:
        expect(tray.status("film.mp4")).to_contain_text("Waiting for the connection")
    finally:
        running_site.start_part("objects")

    tray.expect_title("1 file uploaded")


def test_an_ended_session_costs_nothing_but_a_sign_in(page: Page, tmp_path: Path, newcomer: str):
    tray, network = Tray(page), Network(page)
    network.be(upload_mib_a_second=10)
    tray.choose(file_of(tmp_path, "film.mp4", 20 * MIB))
    expect(tray.status("film.mp4")).to_contain_text("of 20 MB")
    page.context.clear_cookies()
    network.be()
    expect(tray.status("film.mp4")).to_contain_text("You are signed out")

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").click()
    sign_in(opened.value, newcomer)
    tray.press("Continue")

    tray.expect_title("1 file uploaded")
    assert sorted(tray.part_numbers) == ["1", "2"]


def test_one_file_in_two_tabs_is_sent_once(page: Page, tmp_path: Path):
    film = file_of(tmp_path, "film.mp4", 40 * MIB)
    first, second = Tray(page), Tray(page.context.new_page())
    Network(page).be(upload_mib_a_second=10)
    first.choose(film)
    expect(first.status("film.mp4")).to_contain_text("of 40 MB")

    second.choose(film)
    expect(second.status("film.mp4")).to_have_text("Being sent in another tab")
    first.expect_title("1 file uploaded")
    second.expect_title("1 file uploaded")

    assert sorted(first.part_numbers) == ["1", "2", "3"]
    assert second.part_numbers == []


def test_pause_resume_and_cancel(page: Page, tmp_path: Path):
    tray, network = Tray(page), Network(page)
    network.be(upload_mib_a_second=8)
    tray.choose(file_of(tmp_path, "film.mp4", 40 * MIB), file_of(tmp_path, "other.mp4", 40 * MIB))
    expect(tray.status("film.mp4")).to_contain_text("of 40 MB")
    expect(tray.status("other.mp4")).to_contain_text("of 40 MB")

    tray.press("Pause film.mp4")
    expect(tray.status("film.mp4")).to_contain_text("Paused")
    expect(page.get_by_role("button", name="Resume film.mp4")).to_be_focused()
    tray.press("Cancel other.mp4")
    expect(tray.status("other.mp4")).to_have_text("Cancelled")
    tray.expect_title("1 upload paused")
    network.be()
    tray.press("Resume film.mp4")

    tray.expect_title("1 file uploaded")
    assert tray.open_uploads() == []


def test_no_room_is_said_in_the_services_words(
    page: Page, tmp_path: Path, newcomer: str, running_site: Stack
):
    people = "__import__('mediashare.accounts.models').accounts.models.User.objects"
    code = f"{people}.filter(email='{newcomer}@example.org').update(quota_bytes=100_000)"
    running_site.manage("shell", "-v0", "-c", code)
    tray = Tray(page)

    tray.choose(file_of(tmp_path, "film.mp4", 200_000), file_of(tmp_path, "beach.jpg", 50_000))

    expect(tray.status("film.mp4")).to_contain_text("There is not enough room left")
    tray.expect_title("1 file uploaded, 1 failed")


@pytest.fixture
def presigning_site(running_site: Stack) -> Iterator[Stack]:
    """The same site, giving addresses signed for one part instead of credentials."""
    running_site.stop_part("web")
    port = int(running_site.url.rsplit(":", 1)[1])
    web = programs.web({**running_site.env, "UPLOAD_METHOD": "presigned"}, port=port)
    with subprocess.Popen(web.argv, env=dict(web.env), cwd=web.directory) as process:
        while not web.ready():
            assert process.poll() is None
            time.sleep(0.2)
        yield running_site
        process.terminate()
    running_site.start_part("web")


def test_signed_addresses_do_as_well_as_credentials(
    presigning_site: Stack, page: Page, tmp_path: Path
):
    tray = Tray(page)

    tray.choose(file_of(tmp_path, "film.mp4", 40 * MIB), file_of(tmp_path, "beach.jpg", 1000))

    tray.expect_title("2 files uploaded")
    assert sorted(tray.part_numbers) == ["1", "2", "3"]


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_tray_is_for_everybody(
    new_context: Callable[..., BrowserContext],
    newcomer: str,
    tmp_path: Path,
    width: int,
    colours: str,
):
    context = new_context(viewport={"width": width, "height": 844}, color_scheme=colours)
    page = context.new_page()
    sign_in(page, newcomer)
    tray, network = Tray(page), Network(page)
    check_now(page)
    network.be(upload_mib_a_second=1)
    tray.choose(file_of(tmp_path, "film.mp4", 20 * MIB), file_of(tmp_path, "empty.jpg", 0))
    expect(tray.status("film.mp4")).to_contain_text("of 20 MB")
    check_now(page)

    fold = page.get_by_role("button", name="List of uploads")
    fold.press("Enter")

    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(tray.row("film.mp4")).to_be_hidden()
    expect(page.get_by_role("button", name="Pause all")).to_be_visible()
    check_now(page)
