"""Who gets what answer at every address of the site. An address that is not in a table fails.

To add a page, add a line: method, route as the URLconf writes it, and what each visitor is
answered. Words among the numbers: `login` is a redirect to the sign-in page, `password` one
to a share's password page, `away` any other redirect, which only who may act is sent.
"""

import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from albums import actions, permissions
from albums.following import beginning
from albums.models import Album, Correction, Item, ShareLink, SimilarGroup
from mediashare.accounts.models import ApiToken, Device, User
from mediashare.sharing import locks
from mediashare.sharing.models import Link
from mediashare.storage.models import Upload
from processing.archives.models import Archive
from processing.models import Job
from sync.server import actions as folders
from sync.server import visiting
from sync.server.following import choosing
from sync.server.models import Act, Folder, FolderLink, Invitation, Member
from sync.server.people import inviting
from tests.app.sync.changing import change, file, identity
from tests.app.sync.committing import commit
from tests.people import person, photo, streamed, video

# A stranger is signed in. Holders of share links, locked or open, live or ended, are answered
# as anybody who is not signed in: a link opens its own pages below, and nothing here.
PAGES = """
method route                                                   anonymous stranger owner

GET    healthz                                                       200    200   200
GET    readyz                                                        200    200   200
GET    metrics                                                       404    404   404
GET    manifest.webmanifest                                          200    200   200
POST   theme                                                        away   away  away
POST   mail/notices/                                                 404    404   404
GET    mailbox/                                                      403    403   403
GET    mailbox/<slug:mail_id>/                                       403    403   403

GET    /                                                             200    200   200
GET    upload/                                                     login    200   200
POST   selection/                                                  login   away   200
POST   corrections/                                                login   away   200
POST   corrections/<uuid:correction_id>/undo/                      login   away  away
GET    items/states                                                login    200   200
GET    items/<uuid:item_id>/                                       login    404   200
GET    items/<uuid:item_id>/tile                                   login    404   200
GET    items/<uuid:item_id>/stream/<str:file>                      login    404   200
POST   items/<uuid:item_id>/name/                                  login    404  away
POST   items/<uuid:item_id>/trash/                                 login    404  away
POST   items/<uuid:item_id>/retries/                               login    404  away
GET    items/<uuid:item_id>/stack/                                 login    404  away
POST   items/<uuid:item_id>/stack/front/                           login    404  away
POST   items/<uuid:item_id>/stack/departure/                       login    404  away
GET    similar/                                                    login    200   200
POST   similar/<uuid:group_id>/best/                               login    404  away
POST   similar/<uuid:group_id>/stack/                              login    404  away
POST   similar/<uuid:group_id>/distinction/                        login    404  away
GET    albums/                                                     login    200   200
POST   albums/                                                     login    422   422
GET    albums/<uuid:album_id>/                                     login    404   200
GET    albums/<uuid:album_id>/edit/                                login    404   200
POST   albums/<uuid:album_id>/edit/                                login    404   422
GET    albums/<uuid:album_id>/folder/                              login    404   200
POST   albums/<uuid:album_id>/folder/                              login    404   422
POST   albums/<uuid:album_id>/trash/                               login    404  away
POST   albums/<uuid:album_id>/restoration/                         login    404  away
GET    albums/<uuid:album_id>/items/                               login    404   200
POST   albums/<uuid:album_id>/items/                               login    404  away
GET    albums/<uuid:album_id>/items/<uuid:item_id>/                login    404   200
GET    albums/<uuid:album_id>/film/                                login    404   200
POST   albums/<uuid:album_id>/film/                                login    404   422
POST   films/                                                      login   away   422
GET    albums/<uuid:album_id>/order/                               login    404   200
POST   albums/<uuid:album_id>/order/moves/                         login    404  away
GET    albums/<uuid:album_id>/shares/                              login    404   200
POST   albums/<uuid:album_id>/shares/                              login    404  away
POST   albums/<uuid:album_id>/shares/<uuid:share_id>/revocation/   login    404  away
POST   albums/<uuid:album_id>/archives/                            login    404  away
GET    archives/                                                   login    200   200
POST   archives/                                                   login   away  away
GET    archives/<uuid:archive_id>/                                 login    404  away
GET    archives/<uuid:archive_id>/file/                            login    404  away
POST   archives/<uuid:archive_id>/retries/                         login    404  away
POST   archives/<uuid:archive_id>/deletion/                        login    404  away
GET    jobs/                                                       login    200   200
POST   jobs/cancellations/                                         login    200   200
POST   jobs/retries/                                               login   away  away
GET    trash/                                                      login    200   200
POST   trash/restorations/                                         login   away  away
POST   trash/deletions/                                            login    200   200
POST   trash/undo/<str:name>/                                      login   away  away

GET    account/                                                    login    200   200
GET    account/tokens/                                             login    200   200
POST   account/tokens/                                             login    422   422
POST   account/tokens/<uuid:token_id>/                             login    404  away
GET    account/devices/                                            login    200   200
GET    account/devices/link/                                       login    200   200
POST   account/devices/link/                                       login    200   200
POST   account/devices/<uuid:device_id>/name/                      login    404  away
POST   account/devices/<uuid:device_id>/revocation/                login    404  away
GET    account/2fa/webauthn/keys/<int:pk>/edit/                    login    404   200
GET    account/2fa/webauthn/keys/<int:pk>/remove/                  login    404   200
POST   account/2fa/webauthn/keys/<int:pk>/remove/                  login    404  away

GET    api/v1/schema                                                 200    200   200
GET    api/v1/me                                                     401    200   200

GET    sync/v1/schema                                                200    200   200
GET    sync/v1/device                                                401    401   401
DELETE sync/v1/device                                                401    401   401
POST   sync/v1/device/authorize                                      415    415   415
POST   sync/v1/device/token                                          415    415   415

GET    api/v1/uploads                                                401    200   200
POST   api/v1/uploads                                                401    400   400
GET    api/v1/uploads/<uuid:upload_id>                               401    404   200
DELETE api/v1/uploads/<uuid:upload_id>                               401    404   204
POST   api/v1/uploads/<uuid:upload_id>/credentials                   401    404   409
POST   api/v1/uploads/<uuid:upload_id>/parts                         401    404   400
POST   api/v1/uploads/<uuid:upload_id>/complete                      401    404   400

GET    api/v1/items                                                  401    200   200
GET    api/v1/items/<uuid:pk>                                        401    404   200
PATCH  api/v1/items/<uuid:pk>                                        401    404   200
DELETE api/v1/items/<uuid:pk>                                        401    404   204
GET    api/v1/items/<uuid:pk>/stream/<str:file>                      401    404   200
GET    api/v1/items/<uuid:pk>/stack                                  401    404   200
PUT    api/v1/items/<uuid:pk>/stack                                  401    404   400
DELETE api/v1/items/<uuid:pk>/stack                                  401    404   204
GET    api/v1/similar                                                401    200   200
POST   api/v1/similar/<uuid:group_id>/best                           401    404   400
POST   api/v1/similar/<uuid:group_id>/distinction                    401    404   204
GET    api/v1/albums                                                 401    200   200
POST   api/v1/albums                                                 401    400   400
GET    api/v1/albums/<uuid:pk>                                       401    404   200
PATCH  api/v1/albums/<uuid:pk>                                       401    404   200
DELETE api/v1/albums/<uuid:pk>                                       401    404   204
GET    api/v1/albums/<uuid:album_id>/items                           401    404   200
POST   api/v1/albums/<uuid:album_id>/items                           401    404   400
PATCH  api/v1/albums/<uuid:album_id>/items/<uuid:item_id>            401    404   400
DELETE api/v1/albums/<uuid:album_id>/items/<uuid:item_id>            401    404   204
GET    api/v1/albums/<uuid:album_id>/shares                          401    404   200
POST   api/v1/albums/<uuid:album_id>/shares                          401    404   201
GET    api/v1/albums/<uuid:album_id>/shares/<uuid:share_id>          401    404   200
DELETE api/v1/albums/<uuid:album_id>/shares/<uuid:share_id>          401    404   204
GET    api/v1/archives                                               401    200   200
POST   api/v1/archives                                               401    400   400
GET    api/v1/archives/<uuid:pk>                                     401    404   200
DELETE api/v1/archives/<uuid:pk>                                     401    404   204
POST   api/v1/archives/<uuid:pk>/retries                             401    404   200
GET    api/v1/jobs                                                   401    200   200
GET    api/v1/jobs/<uuid:pk>                                         401    404   200
POST   api/v1/jobs/<uuid:pk>/retry                                   401    404   200
POST   api/v1/jobs/<uuid:pk>/cancellation                            401    404   200
POST   api/v1/jobs/retries                                           401    200   200
POST   api/v1/jobs/cancellations                                     401    200   200
POST   api/v1/films                                                 401    400   400
GET    api/v1/trash/items                                            401    200   200
DELETE api/v1/trash/items/<uuid:pk>                                  401    404   204
POST   api/v1/trash/items/<uuid:pk>/restoration                      401    404   200
GET    api/v1/trash/albums                                           401    200   200
POST   api/v1/trash/albums/<uuid:pk>/restoration                     401    404   200
"""

# Nobody is signed in here. Expired and revoked links had been unlocked before they ended.
SHARES = """
method route                                            forged   locked unlocked expired revoked

GET    s/<str:token>/                                      404 password      200     410     410
GET    s/<str:token>/items/states                          404 password      200     410     410
GET    s/<str:token>/items/<uuid:item_id>/                 404 password      200     410     410
GET    s/<str:token>/items/<uuid:item_id>/stream/<str:file> 404 password    200     410     410
POST   s/<str:token>/items/<uuid:item_id>/copies/          404 password     away     410     410
GET    s/<str:token>/archive/                              404 password      200     410     410
POST   s/<str:token>/archive/                              404 password     away     410     410
GET    s/<str:token>/archive/file/                         404 password      404     410     410
GET    s/<str:token>/password/                             404      200     away     410     410
POST   s/<str:token>/password/                             404      200     away     410     410
"""

# Folders that are synced: somebody who is not signed in, somebody else, a reader, an editor, and
# their owner.
FOLDERS = """
method route                                                              anon else read edit  own

GET    sync/v1/                                                            401  200  200  200  200
GET    sync/v1/folders                                                     401  200  200  200  200
POST   sync/v1/folders                                                     401  400  400  400  400
GET    sync/v1/folders/<uuid:folder_id>                                    401  404  200  200  200
PATCH  sync/v1/folders/<uuid:folder_id>                                    401  404  403  403  400
DELETE sync/v1/folders/<uuid:folder_id>                                    401  404  403  403  204
GET    sync/v1/folders/deleted                                             401  200  200  200  200
POST   sync/v1/folders/<uuid:folder_id>/restoration                        401  404  404  404  404
GET    sync/v1/folders/<uuid:folder_id>/activity                           401  404  200  200  200
GET    sync/v1/folders/<uuid:folder_id>/people                             401  404  200  200  200
PATCH  sync/v1/folders/<uuid:folder_id>/people/<uuid:user_id>              401  404  403  403  400
DELETE sync/v1/folders/<uuid:folder_id>/people/<uuid:user_id>              401  404  403  403  204
POST   sync/v1/folders/<uuid:folder_id>/invitations                        401  404  403  403  400
DELETE sync/v1/folders/<uuid:folder_id>/invitations/<uuid:invitation_id>   401  404  403  403  204
GET    sync/v1/invitations                                                 401  200  200  200  200
DELETE sync/v1/invitations/<uuid:invitation_id>                            401  404  404  404  404
POST   sync/v1/invitations/<uuid:invitation_id>/acceptance                 401  404  404  404  404
POST   sync/v1/folders/<uuid:folder_id>/commit                             401  404  403  400  400
GET    sync/v1/folders/<uuid:folder_id>/changes                            401  404  200  200  200
GET    sync/v1/folders/<uuid:folder_id>/tree                               401  404  200  200  200
POST   sync/v1/folders/<uuid:folder_id>/compare                            401  404  400  400  400
GET    sync/v1/folders/<uuid:folder_id>/entries/<str:entry>/history        401  404  200  200  200
POST   sync/v1/folders/<uuid:folder_id>/blobs                              401  404  403  400  400
POST   sync/v1/folders/<uuid:folder_id>/blobs/complete                     401  404  403  400  400
POST   sync/v1/folders/<uuid:folder_id>/blobs/abandon                      401  404  403  400  400
POST   sync/v1/folders/<uuid:folder_id>/blobs/addresses                    401  404  400  400  400
POST   sync/v1/folders/<uuid:folder_id>/credentials                        401  404  200  200  200

GET    albums/of/<uuid:folder_id>/                                       login  404  403  403  200
POST   albums/of/<uuid:folder_id>/                                       login  404  403  403  422

GET    folders/                                                          login  200  200  200  200
POST   folders/                                                          login  422  422  422  422
GET    folders/invited/<str:token>/                                        200  200  200  200  200
POST   folders/invited/<str:token>/answer/                               login away away away away
POST   folders/invitations/<uuid:invitation_id>/answer/                  login  404  404  404  404
POST   folders/<uuid:folder_id>/name/                                    login  404  403  403 away
POST   folders/<uuid:folder_id>/deletion/                                login  404  403  403 away
POST   folders/<uuid:folder_id>/comeback/                                login  404  404  404  404
GET    folders/mail/                                                     login  200  200  200  200
POST   folders/<uuid:folder_id>/mail/                                    login  404 away away away
GET    folders/unsubscribe/<str:token>/                                    200  200  200  200  200
POST   folders/unsubscribe/<str:token>/                                    200  200  200  200  200
GET    folders/<uuid:folder_id>/activity/                                login  404  200  200  200
GET    folders/<uuid:folder_id>/people/                                  login  404  200  200  200
POST   folders/<uuid:folder_id>/people/                                  login  404  403  403  422
POST   folders/<uuid:folder_id>/people/<uuid:user_id>/role/              login  404  403  403 away
POST   folders/<uuid:folder_id>/people/<uuid:user_id>/removal/           login  404  403  403 away
POST   folders/<uuid:folder_id>/invitations/<uuid:invitation_id>/withdrawal/ login 404 403 403 away
GET    folders/<uuid:folder_id>/                                         login  404  200  200  200
POST   folders/<uuid:folder_id>/directories/                             login  404  403 away away
POST   folders/<uuid:folder_id>/deletions/                               login  404  403 away away
POST   folders/<uuid:folder_id>/archives/                                login  404 away away away
POST   folders/<uuid:folder_id>/moves/                                   login  404  403 away away
GET    folders/<uuid:folder_id>/acts/<uuid:act_id>/                      login  404  200  200  200
POST   folders/<uuid:folder_id>/acts/<uuid:act_id>/undo/                 login  404  403 away away
GET    folders/<uuid:folder_id>/trash/                                   login  404  200  200  200
POST   folders/<uuid:folder_id>/restorations/                            login  404  403 away away
POST   folders/<uuid:folder_id>/history/                                 login  404  403  403 away
GET    folders/<uuid:folder_id>/past/                                    login  404  200  200  200
GET    folders/<uuid:folder_id>/past/<int:number>/                       login  404  200  200  200
GET    folders/<uuid:folder_id>/past/<int:number>/<entry:entry>/         login  404  404  404  404
POST   folders/<uuid:folder_id>/past/<int:number>/restoration/           login  404  403 away away
GET    folders/<uuid:folder_id>/shares/                                  login  404  403  403  200
POST   folders/<uuid:folder_id>/shares/                                  login  404  403  403 away
POST   folders/<uuid:folder_id>/shares/<uuid:share_id>/revocation/       login  404  403  403 away
GET    folders/<uuid:folder_id>/<entry:entry>/shares/                    login  404  403  403  200
POST   folders/<uuid:folder_id>/<entry:entry>/shares/                    login  404  403  403 away
GET    folders/<uuid:folder_id>/<entry:entry>/name/                      login  404  403  200  200
POST   folders/<uuid:folder_id>/<entry:entry>/name/                      login  404  403  422  422
GET    folders/<uuid:folder_id>/<entry:entry>/                           login  404  200  200  200
GET    folders/<uuid:folder_id>/<entry:entry>/preview/                   login  404  404  404  404
POST   folders/<uuid:folder_id>/<entry:entry>/preview/                   login  404  404  404  404
GET    folders/<uuid:folder_id>/<entry:entry>/stream/<str:file>          login  404  404  404  404
GET    folders/<uuid:folder_id>/<entry:entry>/<int:number>/              login  404 away away away
POST   folders/<uuid:folder_id>/<entry:entry>/<int:number>/restoration/  login  404  403 away away
"""

# Links to folders, by the state of theirs, as for shares of albums.
LINKS = """
method route                                            forged   locked unlocked expired revoked

GET    f/<str:token>/                                      404 password      200     410     410
GET    f/<str:token>/<entry:entry>/                        404 password      200     410     410
GET    f/<str:token>/<entry:entry>/file/                   404 password     away     410     410
GET    f/<str:token>/archive/                              404 password      200     410     410
POST   f/<str:token>/archive/                              404 password     away     410     410
GET    f/<str:token>/archive/file/                         404 password      404     410     410
GET    f/<str:token>/<entry:entry>/archive/                404 password      404     410     410
POST   f/<str:token>/<entry:entry>/archive/                404 password      404     410     410
GET    f/<str:token>/<entry:entry>/archive/file/           404 password      404     410     410
GET    f/<str:token>/<entry:entry>/preview/                404 password      404     410     410
POST   f/<str:token>/<entry:entry>/preview/                404 password      404     410     410
GET    f/<str:token>/<entry:entry>/stream/<str:file>       404 password      404     410     410
GET    f/<str:token>/password/                             404      200     away     410     410
POST   f/<str:token>/password/                             404      200     away     410     410
"""

PAPER = identity("paper")

# Pages about nobody but oneself: their addresses name no thing that could be another's. Those of
# allauth that do are in the table above.
ABOUT_ONESELF = "account/"
ADMIN = "admin/"


@dataclass(frozen=True)
class Row:
    method: str
    route: str
    answers: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


def rows(table: str) -> list[Row]:
    lines = [line.split() for line in table.strip().splitlines()[1:] if line.strip()]
    # The site's first page has the empty route, written as a slash.
    return [
        Row(method, "" if route == "/" else route, tuple(answers))
        for method, route, *answers in lines
    ]


def all_routes() -> list[tuple[str, Any]]:
    """Every route of the site with its view."""

    def walk(resolver: Any, before: str = "") -> Iterator[tuple[str, Any]]:
        for pattern in resolver.url_patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, route)
            else:
                yield route, pattern.callback

    return list(walk(get_resolver()))


@dataclass(frozen=True)
class World:
    """Alice's things, one of each, and the link that opens her album."""

    alice: User
    item: Item
    album: Album
    trashed_item: Item
    trashed_album: Album
    link: ShareLink
    archive: Archive
    job: Job
    upload: Upload
    api_token: ApiToken
    device: Device
    passkey: Authenticator
    group: SimilarGroup
    correction: Correction
    folder: Folder
    act: Act
    # Shows what is in another of Alice's folders.
    followed: Album
    member: Member
    invitation: Invitation
    door: FolderLink

    def address(self, route: str, token: str = "") -> str:
        """A route about these things; a share's token is the one given."""
        things = {
            "trash/items/": self.trashed_item.pk,
            "trash/albums/": self.trashed_album.pk,
            "archives/": self.archive.pk,
            "items/": self.item.pk,
            "albums/": self.followed.pk if route.endswith("/folder/") else self.album.pk,
            "albums/of/": self.folder.pk,
            "similar/": self.group.pk,
            "<uuid:folder_id>/shares/": self.door.pk,
            "shares/": self.link.pk,
            "uploads/": self.upload.pk,
            "tokens/": self.api_token.pk,
            "devices/": self.device.pk,
            "keys/": self.passkey.pk,
            "folders/": self.folder.pk,
            "entries/": PAPER,
            "acts/": self.act.pk,
            "people/": self.member.user_id,
            "invitations/": self.invitation.pk,
            "invited/": inviting.token_of(self.invitation),
            "unsubscribe/": choosing.link_token(self.member),
            "<uuid:folder_id>/": PAPER,
            "past/": 1,
            "<int:number>/": PAPER,
            "<entry:entry>/": 1,
            "mailbox/": "mail",
            "jobs/": self.job.pk,
            "undo/": "nothing",
            "stream/": "master.m3u8",
            "corrections/": self.correction.pk,
            "<str:token>/": PAPER,
            "f/": token,
            "s/": token,
        }

        def thing(match: re.Match[str]) -> str:
            before = route[: match.start()]
            return str(next(value for path, value in things.items() if before.endswith(path)))

        return "/" + re.sub(r"<\w+:\w+>", thing, route)


@pytest.fixture
def world(db: None) -> World:
    alice = person("alice", reserved_bytes=1000)
    item, trashed_item = streamed(video(alice, "a.mp4")), photo(alice, "b.jpg")
    album = actions.create_album(owner=alice, title="Summer", items=[item])
    trashed_album = actions.create_album(owner=alice, title="Winter")
    actions.trash_items(owner=alice, ids=[trashed_item.pk])
    actions.trash_album(album=trashed_album)
    papers = folders.create_folder(owner=alice, name="Papers").folder
    commit(papers, change("paper", 0, file("paper.txt", "written")))
    trips = folders.create_folder(owner=alice, name="Trips").folder
    return World(
        alice=alice,
        item=item,
        album=album,
        trashed_item=trashed_item,
        trashed_album=trashed_album,
        link=actions.share_album(album=album, password="sandcastle"),
        archive=Archive.objects.create(
            owner=alice,
            kind="album",
            name="Summer.zip",
            ready_at=timezone.now(),
            expires_at=timezone.now() + timedelta(hours=1),
        ),
        job=item.blob.jobs.all()[0],
        upload=Upload.objects.create(
            owner=alice,
            key=f"originals/{alice.pk}/{uuid.uuid4()}/original",
            name="c.jpg",
            content_type="image/jpeg",
            size_bytes=1000,
            part_size=2**23,
            expires_at=timezone.now() + timedelta(hours=1),
        ),
        api_token=ApiToken.objects.create(owner=alice, name="Phone", scopes=[], digest="d"),
        device=Device.objects.create(
            token=ApiToken.objects.create(owner=alice, name="Laptop", scopes=["sync"], digest="e")
        ),
        correction=actions.correct_words(owner=alice, ids=[item.pk], description="Her own words"),
        passkey=Authenticator.objects.create(
            user=alice, type="webauthn", data={"name": "Key", "credential": {}}
        ),
        group=SimilarGroup.objects.create(owner=alice),
        folder=papers,
        act=Act.objects.create(folder=papers, user=alice, kind="change", begun_after=1),
        followed=beginning.follow(folder=trips, place="", title="Trips"),
        member=Member.objects.create(folder=papers, user=person("carol"), role="reader"),
        invitation=Invitation.objects.create(
            folder=papers,
            email="dave@example.org",
            role="reader",
            invited_by=alice,
            expires_at=timezone.now() + timedelta(hours=1),
        ),
        door=_locked(FolderLink(folder=papers)),
    )


def _locked(link: FolderLink) -> FolderLink:
    link.set_password("sandcastle")
    link.save()
    return link


def browser(user: User | None = None) -> Client:
    """From far away; who is signed in has just given the password."""
    client = Client(REMOTE_ADDR="203.0.113.7")
    if user:
        client.force_login(user)
        session = client.session
        proof = {"method": "password", "at": time.time(), "reauthenticated": True}
        session["account_authentication_methods"] = [proof]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


def holder(link: Link) -> Client:
    """Somebody who has given the link's password."""
    client = browser()
    session = client.session
    session[f"share-{link.pk}"] = locks.proof(link)
    session.save()
    return client


def answer_of(response: HttpResponseBase) -> str:
    if response.status_code != 302:
        return str(response.status_code)
    place = response["Location"]
    if place.startswith(reverse("account_login")):
        return "login"
    return "password" if re.fullmatch(r"/[sf]/[^/]+/password/", place) else "away"


def ask(client: Client, method: str, address: str, **form: object) -> str:
    """What a request is answered; a form or an empty JSON object goes with what changes things."""
    if method == "GET":
        return answer_of(client.get(address))
    if address.startswith(("/api/", "/sync/")):
        answer = client.generic(method, address, "{}", content_type="application/json")
        return answer_of(answer)
    return answer_of(client.post(address, form))


@pytest.mark.parametrize("row", rows(PAGES), ids=str)
def test_a_page_answers_each_visitor_as_the_table_says(row, world, settings, tmp_path):
    settings.MAILBOX_DIR = str(tmp_path)
    address = world.address(row.route)
    # The owner comes last: what the owner does has an effect.
    visitors = [browser(), browser(person("bob")), browser(world.alice)]
    form = {"item": world.item.pk, "album": world.album.pk}

    # A share link opens no page but its own.
    assert ask(holder(world.link), row.method, address, **form) == row.answers[0]
    got = [ask(visitor, row.method, address, **form) for visitor in visitors]
    assert tuple(got) == row.answers


@pytest.mark.parametrize("row", rows(SHARES), ids=str)
def test_a_share_answers_by_the_state_of_its_link(row, world):
    token = permissions.share_token(world.link)
    forged = token[:-2] + ("AA" if token[-2:] != "AA" else "BA")
    address = world.address(row.route, token)

    got = [
        ask(holder(world.link), row.method, world.address(row.route, forged)),
        ask(browser(), row.method, address),
        ask(holder(world.link), row.method, address),
    ]
    ShareLink.objects.update(expires_at=timezone.now())
    got.append(ask(holder(world.link), row.method, address))
    actions.revoke_share(link=world.link)
    got.append(ask(holder(world.link), row.method, address))

    assert tuple(got) == row.answers


@pytest.mark.parametrize("row", rows(LINKS), ids=str)
def test_a_link_to_a_folder_answers_by_its_state(row, world):
    token = visiting.token_of(world.door)
    forged = token[:-2] + ("AA" if token[-2:] != "AA" else "BA")
    address = world.address(row.route, token)

    got = [
        ask(holder(world.door), row.method, world.address(row.route, forged)),
        ask(browser(), row.method, address),
        ask(holder(world.door), row.method, address),
    ]
    FolderLink.objects.update(expires_at=timezone.now())
    got.append(ask(holder(world.door), row.method, address))
    world.door.revoke(now=timezone.now())
    got.append(ask(holder(world.door), row.method, address))

    assert tuple(got) == row.answers


@pytest.mark.parametrize("row", rows(FOLDERS), ids=str)
def test_a_folder_answers_by_what_somebody_is_in_it(row, world):
    address = world.address(row.route)
    bob = person("bob")
    membership = Member(folder=world.folder, user=bob)

    got = [ask(browser(), row.method, address), ask(browser(bob), row.method, address)]
    for role in (Member.Role.READER, Member.Role.EDITOR):
        membership.role = role
        membership.save()
        got.append(ask(browser(bob), row.method, address))
    got.append(ask(browser(world.alice), row.method, address))

    assert tuple(got) == row.answers


def test_an_open_share_shows_nothing_of_the_owner_but_its_album(world):
    secret = photo(world.alice, "secret.jpg")
    token = permissions.share_token(world.link)
    shares = [row for row in rows(SHARES) if "item_id" in row.route and row.method == "GET"]

    for row in shares:
        address = world.address(row.route, token).replace(str(world.item.pk), str(secret.pk))
        assert ask(holder(world.link), row.method, address) == "404"


def test_pages_that_take_ids_in_a_form_do_nothing_to_anothers_things(world):
    bob = browser(person("bob"))
    kept, thrown = str(world.item.pk), str(world.trashed_item.pk)

    bob.post("/selection/", {"do": "trash", "item": kept})
    bob.post("/trash/restorations/", {"item": thrown})
    bob.post("/trash/deletions/", {"item": thrown, "sure": "yes"})
    bob.post("/trash/deletions/", {"all": "yes", "sure": "yes"})
    album = actions.create_album(owner=User.objects.get(email="bob@example.org"), title="Mine")
    bob.post(f"/albums/{album.pk}/items/", {"item": kept})
    states = bob.get("/items/states", {"id": kept, "item": kept}).content.decode()

    assert Item.objects.kept().get() == world.item
    assert Item.objects.in_trash().get() == world.trashed_item
    assert not album.items.exists()
    assert "a.mp4" not in states


def test_every_address_is_in_a_table():
    known = {row.route for row in rows(PAGES) + rows(SHARES) + rows(LINKS) + rows(FOLDERS)}
    routes = {route for route, _ in all_routes()}
    named = {
        route
        for route in routes - known
        if not route.startswith(ADMIN)
        and not (route.startswith(ABOUT_ONESELF) and "pk" not in route)
    }

    assert named == set(), "These are in no table."
    assert known - routes == set(), "These are in a table but not on the site."


def test_every_method_of_the_api_is_in_the_table():
    known = {(row.method, row.route) for row in rows(PAGES) + rows(FOLDERS)}
    methods = ("get", "post", "put", "patch", "delete")

    offered = {
        (method.upper(), route)
        for route, view in all_routes()
        if route.startswith(("api/", "sync/"))
        for method in methods
        if hasattr(view.cls, method) and method in view.cls.http_method_names
    }

    assert offered - known == set()


def test_the_admin_is_closed_to_everybody_but_staff(world):
    """Whatever its address: its pages look at the visitor before they look for a thing."""
    routes = [route for route, _ in all_routes() if route.startswith(ADMIN)]
    entrances = {"admin/jsi18n/", "admin/login/", "admin/logout/"}

    for client in (browser(), browser(world.alice), holder(world.link)):
        for route in set(routes) - entrances:
            address = "/" + re.sub(r"<\w+:\w+>|\(\?P<\w+>.*\)\$", "1", route)
            response = client.get(address)
            assert response.status_code in {302, 404}, address
            assert response.get("Location", "/admin/login/").startswith("/admin/"), address


def test_pages_about_oneself_ask_who_one_is(world):
    routes = [route for route, _ in all_routes() if route.startswith("account/2fa/")]

    for route in routes:
        address = world.address(route)
        assert ask(browser(), "GET", address) in {"login", "404", "405", "away"}, address
