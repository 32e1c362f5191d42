"""Fills a new site for its first visitor, by the same actions that a person's clicks reach.

Files go to S3 by signed addresses, as a browser sends them. Each step looks whether it was
done before, so that a first start that was cut short goes on where it was.
"""

import base64
import hashlib
import mimetypes
import urllib.request
from datetime import datetime
from pathlib import Path

from allauth.account.models import EmailAddress
from django.db import transaction

from albums import actions as albums
from albums import uploads
from albums.models import Album
from mediashare.accounts.models import User
from mediashare.embedded import demo
from mediashare.storage import actions as storage
from mediashare.storage import granting
from mediashare.storage.models import Upload

MEDIA = Path(__file__).with_name("demo_media")
TITLE = "Here and there"
DESCRIPTION = "A small album to look around in. Where its photos come from: docs/demo-media.md."
COVER = "lake-sherburne-panorama.jpg"


def seed(*, admin_password: str, now: datetime) -> None:
    """Make the demo account with its album, and an account for the admin."""
    _person(demo.ADMIN_EMAIL, admin_password, is_staff=True, is_superuser=True)
    owner = _person(demo.EMAIL, demo.PASSWORD, name="Demo")
    album = Album.objects.filter(owner=owner, title=TITLE).first() or albums.create_album(
        owner=owner, title=TITLE, description=DESCRIPTION
    )
    for file in sorted(MEDIA.iterdir()):
        _bring_in(file, owner, album, now)
    albums.set_cover(album=album, item=album.items.get(name=COVER))


@transaction.atomic
def _person(email: str, password: str, **fields: object) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, password, **fields)
        # Nobody reads mail at these addresses, so the usual confirmation cannot be asked for.
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _bring_in(file: Path, owner: User, album: Album, now: datetime) -> None:
    content = file.read_bytes()
    digest = hashlib.sha256(content)
    wish = storage.Wish(
        name=file.name,
        size_bytes=len(content),
        content_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        sha256=digest.hexdigest(),
    )
    if uploads.take_duplicate(owner=owner, wish=wish, album=album, now=now):
        return
    upload = storage.resumable_upload(owner=owner, wish=wish, now=now) or storage.begin_upload(
        owner=owner, wish=wish, now=now
    )
    digests = {1: base64.b64encode(digest.digest()).decode()}
    _send(upload, content, digests, now)
    uploads.complete_upload(upload=upload, digests=digests, album=album, now=now)


def _send(upload: Upload, content: bytes, digests: dict[int, str], now: datetime) -> None:
    (address,), _ = granting.addresses_for(upload, digests, now=now)
    request = urllib.request.Request(
        address.url, data=content, headers=address.headers, method="PUT"
    )
    urllib.request.urlopen(request, timeout=60).close()
