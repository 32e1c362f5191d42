"""Pages keep the policy: nothing inline, strict headers; and they work without htmx."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from albums import actions, permissions
from tests.people import photo, streamed, uploaded, video

ACTIVE_WITHOUT_SRC = {"script", "style"}


class InlineFinder(HTMLParser):
    """Collects what a strict policy would refuse."""

    def __init__(self):
        super().__init__()
        self.refused = []

    def handle_starttag(self, tag, attrs):
        names = {name for name, _ in attrs}
        is_data = ("type", "application/json") in attrs
        if tag in ACTIVE_WITHOUT_SRC and "src" not in names and not is_data:
            self.refused.append(tag)
        self.refused += [name for name in names if name == "style" or name.startswith("on")]
        self.refused += [value for _, value in attrs if (value or "").startswith("javascript:")]


@pytest.fixture
def addresses(alice):
    items = [photo(alice), streamed(video(alice)), uploaded(alice, "waiting.jpg")]
    album = actions.create_album(owner=alice, title="Summer", items=items)
    locked = actions.share_album(album=album, password="sesame")
    shared = f"/s/{permissions.share_token(actions.share_album(album=album))}/"
    actions.trash_items(owner=alice, ids=[photo(alice, "gone.jpg").pk])
    names = ["album", "edit_album", "add", "arrange", "shares"]
    return [
        *(
            "/",
            "/albums/",
            "/trash/",
            "/upload/",
            f"/items/{items[0].pk}/",
            f"/items/{items[1].pk}/",
        ),
        *(reverse(f"albums:{name}", args=[album.pk]) for name in names),
        *(shared, f"{shared}items/{items[0].pk}/", "/nowhere/"),
        f"/s/{permissions.share_token(locked)}/password/",
    ]


def test_no_page_has_anything_inline(her, client, addresses):
    refused = []
    for address in addresses:
        for browser in (her, client):
            finder = InlineFinder()
            finder.feed(browser.get(address, follow=True).content.decode())
            refused += [(address, found) for found in finder.refused]

    assert refused == []


def test_the_policy_allows_nothing_inline(client, db):
    policy = client.get("/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_htmx_gets_the_part_and_everybody_else_the_page(her, alice):
    photo(alice)

    page = her.get("/").content.decode()
    part = her.get("/", headers={"HX-Request": "true"}).content.decode()

    assert "<html" in page
    assert "<html" not in part
    assert "tile-" in part


@pytest.mark.parametrize(
    ("chosen", "attribute"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')]
)
def test_colours_are_remembered_without_script(client, db, chosen, attribute):
    page = client.post("/theme", {"theme": chosen, "next": "/"}, follow=True).content.decode()

    assert attribute in page


def test_the_way_back_stays_on_this_site(client, db):
    answer = client.post("/theme", {"theme": "dark", "next": "https://elsewhere.example/"})

    assert answer.headers["Location"] == "/"


def test_the_manifest_names_icons_that_exist(client, db):
    icons = client.get("/manifest.webmanifest").json()["icons"]

    assert [client.get(icon["src"]).status_code for icon in icons] == [200, 200, 200]


def test_only_the_first_row_is_loaded_at_once(her, alice):
    for number in range(12):
        photo(alice, f"{number}.jpg")

    page = her.get("/").content.decode()

    assert (page.count('fetchpriority="high"'), page.count('loading="lazy"')) == (8, 4)


def test_the_older_link_leads_on(her, alice):
    for number in range(62):
        uploaded(alice, f"{number}.jpg")

    first = her.get("/").content.decode()
    link = first.split('<older-items class="more-link group"><a class="button" href="')[1]
    second = her.get(f"/{link.split(chr(34))[0]}").content.decode()

    assert (first.count("<photo-tile"), second.count("<photo-tile")) == (60, 2)
