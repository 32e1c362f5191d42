"""Names with marks that turn the letters after them turn nothing else: on pages, in what is said.

Unicode Standard Annex 9: a file may be called so that what a page says after its name is read
backwards, or as another name.
"""

import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from albums import actions, permissions
from sync.server import actions as folders
from sync.server import damage, visiting
from sync.server.following import letters
from sync.server.journal.chosen import get_journal
from sync.server.models import FolderLink, Invitation, Member
from sync.server.people import inviting
from tests.app.sync.changing import NOON, change, file, folder, identity
from tests.app.sync.committing import commit
from tests.people import person, photo, song, uploaded

TURNING = "\N{RIGHT-TO-LEFT OVERRIDE}gpj.txt"
HEBREW = "\u05ea\u05de\u05d5\u05e0\u05d5\u05ea"
# What is in these is a text of its own.
ALONE = {"bdi", "option", "textarea"}
ISOLATED = re.compile("\u2068[^\u2069]*\u2069")


class TurnedFinder(HTMLParser):
    """Collects texts that turn whatever stands after them."""

    def __init__(self):
        super().__init__()
        self.within = []
        self.count = 0
        self.turned = []

    def handle_starttag(self, tag, attrs):
        self.within.append(tag)

    def handle_endtag(self, tag):
        while self.within.pop() != tag:
            pass

    def handle_data(self, data):
        if TURNING in data:
            self.count += 1
            if TURNING in ISOLATED.sub("", data) and not ALONE.intersection(self.within):
                self.turned.append(data.strip())


@pytest.fixture
def trips(alice):
    """A folder in which everything has such a name, changed and deleted too."""
    made = folders.create_folder(owner=alice, name="Trips").folder
    commit(made, change("place", 0, folder(TURNING)), change("gone", 0, file(f"1{TURNING}", "x")))
    commit(made, change("inner", 0, folder(TURNING, "place")))
    commit(made, change("notes", 0, file(f"2{TURNING}", "one", "place")))
    commit(made, change("notes", 4, file(f"3{TURNING}", "two", "inner")), change("gone", 2, None))
    return made


def pages_of_folder(made, link):
    entries = [[made.pk, identity(name)] for name in ("place", "inner", "notes")]
    names = ("folder", "activity", "trash", "moments")
    return [
        *(reverse(f"sync:{name}", args=[made.pk]) for name in names),
        *(reverse("sync:entry", args=entry) for entry in entries),
        *(reverse("sync:name", args=entry) for entry in entries),
        *(reverse("sync:entry_shares", args=entry) for entry in entries),
        reverse("sync:past", args=[made.pk, 4]),
        reverse("sync:past", args=[made.pk, 4, identity("inner")]),
        reverse("folder_link", args=[visiting.token_of(link)]),
        reverse("folder_link", args=[visiting.token_of(link), identity("inner")]),
    ]


def pages_of_albums(owner):
    items = [photo(owner, f"1{TURNING}"), song(owner, f"2{TURNING}", covered=False)]
    album = actions.create_album(owner=owner, title=TURNING, items=items)
    shared = f"/s/{permissions.share_token(actions.share_album(album=album))}/"
    actions.trash_items(owner=owner, ids=[uploaded(owner, f"0{TURNING}").pk])
    names = ("album", "edit_album", "add", "arrange", "shares")
    items_pages = [f"/items/{item.pk}/" for item in items]
    return [
        *("/", "/albums/", "/trash/", *items_pages),
        *(reverse(f"albums:{name}", args=[album.pk]) for name in names),
        *(shared, f"{shared}items/{items[0].pk}/"),
    ]


def turned(browser, addresses):
    found, count = [], 0
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        finder = TurnedFinder()
        finder.feed(answer.content.decode())
        count += finder.count
        found += [(address, text) for text in finder.turned]
    assert count > len(addresses)
    return found


def test_names_in_a_folder_turn_nothing_but_themselves(her, alice, trips):
    link = FolderLink.objects.create(folder=trips, entry=identity("place"))

    assert not turned(her, pages_of_folder(trips, link))


def test_names_in_mails_turn_nothing(trips, mailoutbox):
    """Text has no `bdi`: what turns letters stands there as a mark that is seen."""
    carol = person("carol")
    member = Member.objects.create(folder=trips, user=carol, role=Member.Role.EDITOR)
    trips.holdings.update(spoiled_at=NOON)
    damage.tell_all(now=NOON)
    letters.send_changes(member, get_journal().since(trips.pk, 0, limit=9), uncounted=0, now=NOON)

    mails = [mail for mail in mailoutbox if mail.to == [carol.email]]
    bodies = [mail.body for mail in mails]
    assert len(bodies) == 2
    for body in bodies:
        assert "3\N{REPLACEMENT CHARACTER}gpj.txt" in body
        assert TURNING[0] not in body


def test_names_in_subjects_of_mails_turn_nothing_but_themselves(alice, bob, mailoutbox):
    made = folders.create_folder(owner=alice, name=HEBREW).folder
    commit(made, change("notes", 0, file("notes.txt", "x")))
    made.holdings.update(spoiled_at=NOON)
    member = Member.objects.create(folder=made, user=bob, role=Member.Role.EDITOR)

    damage.tell_all(now=NOON)
    letters.send_changes(member, get_journal().since(made.pk, 0, limit=9), uncounted=0, now=NOON)
    inviting.invite(
        folder=made, by=alice, email="carol@example.org", role=Invitation.Role.EDITOR, now=NOON
    )

    subjects = {mail.subject for mail in mailoutbox}
    assert subjects == {
        f"Damaged files in “\u2068{HEBREW}\u2069”",
        f"\u2068{HEBREW}\u2069: Alice made changes",
        f"Alice invites you to the folder “\u2068{HEBREW}\u2069”",
    }


def test_names_of_items_and_albums_turn_nothing_but_themselves(her, alice):
    assert not turned(her, pages_of_albums(alice))


def said(browser, address, **form):
    """The messages that a page shows after a form was sent."""
    answer = browser.post(address, form, follow=True)
    assert answer.status_code == 200, answer.content
    return [str(message) for message in answer.context["messages"]]


def test_messages_about_names_turn_nothing_but_themselves(her, alice, trips):
    album = actions.create_album(owner=alice, title=TURNING, items=[])
    item = photo(alice, f"{HEBREW}.jpg")

    told = [
        *said(her, reverse("albums:trash_album", args=[album.pk])),
        *said(her, reverse("albums:trash_item", args=[item.pk])),
        *said(her, reverse("sync:name", args=[trips.pk, identity("notes")]), name=f"x{TURNING}"),
        *said(her, reverse("sync:deletions", args=[trips.pk]), entry=identity("notes")),
        *said(her, reverse("sync:directories", args=[trips.pk]), name=f"y{TURNING}"),
    ]

    assert [ISOLATED.sub("…", each) for each in told] == [
        "Deleted “…”. Its pictures stay in the library.",
        "Moved “…” to the trash.",
        "“…” is now “…”.",
        "“…” was deleted.",
        "“…” was made.",
    ]
