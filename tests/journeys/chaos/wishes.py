"""What is asked for of a library that is there already: all that is made of what was made.

A film, copies and an archive for visitors that do not tell a place, and everything anew.
"""

import re
from collections.abc import Mapping

import httpx

from tests.journeys.chaos import batch
from tests.journeys.chaos.site import Person, Site

# As if all had been made by recipes of before, streams too.
AGED = (
    "update processing_ladder set version = 0 where blob_id in"
    " (select id from storage_blob where owner_id = %s)",
    "update processing_job set version = 0 where owner_id = %s",
)


def ask_for_all(site: Site, person: Person, items: Mapping[str, str]) -> None:
    """Ask for everything at once; `items` are ids by name."""
    _as_visitor(site, person, items)
    _film(person, items)
    for statement in AGED:
        site.change(statement, person.id)
    # The timer does it too, a minute later, if this is lost.
    site.send("processing.tasks.make_old_outcomes_anew", queue="bulk")


def _film(person: Person, items: Mapping[str, str]) -> None:
    scenes = [items[name] for name in batch.PLACED]
    wish = {"items": scenes, "title": "Summer", "photo_seconds": 2}
    person.ask("POST", "films", json=wish)


def _as_visitor(site: Site, person: Person, items: Mapping[str, str]) -> None:
    """Share an album, and ask for its originals without the place, one by one and as an archive."""
    album = person.ask("POST", "albums", json={"title": "Summer"})["id"]
    person.ask("POST", f"albums/{album}/items", json={"items": [*items.values()]})
    door = person.ask("POST", f"albums/{album}/shares", json={})["url"]
    with httpx.Client(base_url=door, timeout=60, follow_redirects=True) as visitor:
        _send(visitor, "archive/")
        for name in batch.PLACED:
            _send(visitor, f"items/{items[name]}/copies/")


def _send(visitor: httpx.Client, form: str) -> None:
    """Send a form that has nothing to fill in, with the token of the album's page."""
    page = visitor.get("").raise_for_status().text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token, "The album's page has no form."
    origin = f"{visitor.base_url.scheme}://{visitor.base_url.netloc.decode()}"
    data, headers = {"csrfmiddlewaretoken": token[1]}, {"Origin": origin}
    visitor.post(form, data=data, headers=headers).raise_for_status()
