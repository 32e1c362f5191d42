"""The page for adding files."""

import pytest

from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client) -> str:
    client.force_login(person("alice"))
    return str(client.get("/upload/").content.decode())


def test_it_takes_files_and_folders(page):
    assert "webkitdirectory data-upload" in page
    assert '<upload-tray\n  data-url="/api/v1/uploads"' in page
    assert 'data-hash-worker="/static/upload/hash-worker.' in page


def test_without_javascript_it_says_what_it_needs(page):
    said = page.split("<noscript>")[1].split("</noscript>")[0]

    assert "Uploading needs JavaScript" in said


def test_nothing_in_it_breaks_the_policy(page):
    assert "style=" not in page
    assert "<script>" not in page
    assert "onclick" not in page


def test_the_browser_gets_a_csrf_cookie_for_the_api(client):
    client.force_login(person("bob"))

    assert "csrftoken" in client.get("/upload/").cookies
