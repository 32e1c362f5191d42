"""The demo's account on the running site, with everything processed, as pages are looked at."""

import time
from dataclasses import dataclass

import psycopg2
from playwright.sync_api import Page

from mediashare.embedded import demo
from mediashare.embedded.stack import Stack

PROCESSED_SECONDS = 180


@dataclass(frozen=True)
class Demo:
    """Where the demo's things are."""

    album: str
    photo: str
    video: str


def fill(site: Stack) -> Demo:
    """Seed the demo, wait until nothing is in processing; asking again is quick."""
    site.manage("seed_demo")
    deadline = time.monotonic() + PROCESSED_SECONDS
    while _ask(site, "select count(*) from albums_item where state = 'processing'"):
        if time.monotonic() > deadline:
            raise TimeoutError("The demo's files were not processed in time.")
        time.sleep(0.5)
    mine = f"owner_id = (select id from accounts_user where email = '{demo.EMAIL}')"
    album = _ask(site, f"select id from albums_album where {mine} and deleted_at is null")
    item = f"select id from albums_item where {mine} and name like"
    photo = _ask(site, f"{item} 'singapore%'")
    video = _ask(site, f"{item} 'city-towers%'")
    return Demo(album=f"/albums/{album}/", photo=f"/items/{photo}/", video=f"/items/{video}/")


def sign_in(page: Page) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email").fill(demo.EMAIL)
    page.get_by_label("Password").fill(demo.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/account/login" not in url)


def share(page: Page, album: str, *, label: str, password: str = "") -> str:
    """A new link to the album; its address."""
    page.goto(f"{album}shares/")
    page.get_by_label("For", exact=True).fill(label)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Create link").click()
    return page.get_by_label(f"Address of {label}").input_value()


def _ask(site: Stack, query: str) -> object:
    database = psycopg2.connect(site.settings["DATABASE_URL"])
    try:
        with database.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
            return row[0] if row else None
    finally:
        database.close()
