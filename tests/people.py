"""Alice, Bob, Carol and their things, as tests need them. Deterministic and readable."""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from albums import actions
from albums.models import Album, Item
from mediashare.accounts.models import User
from mediashare.storage.models import Blob
from processing.models import Job, MediaInfo, Rendition, Track
from processing.recipes import versions

SUMMER = datetime(2024, 7, 1, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"


def person(name: str, **fields: object) -> User:
    """Somebody who has signed up as `name`@example.org and proved the address."""
    email = f"{name}@example.org"
    user = User.objects.create(email=email, name=name.title(), password=_hash(), **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@cache
def _hash() -> str:
    # Slow by design, so once is enough for all.
    return make_password(PASSWORD)


def blob_of(owner: User, content: str, *, content_type: str = "image/jpeg") -> Blob:
    """A stored original; two with one content are one."""
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Blob.objects.get_or_create(
        owner=owner,
        sha256=digest,
        defaults={
            "key": f"originals/{owner.pk}/{digest[:12]}/original",
            "size_bytes": 1_000_000,
            "content_type": content_type,
        },
    )[0]


def job_of(blob: Blob, **fields: object) -> Job:
    """A job of a blob, for its owner; to look at the file unless another kind is named."""
    fields = {"kind": Job.Kind.PREPARE, "lane": Job.Lane.INTERACTIVE, **fields}
    if fields.get("state") in {Job.State.DONE, Job.State.FAILED}:
        # Or a worker of a running site would make it anew, of bytes that are not there.
        fields = {"version": versions.of(str(fields["kind"])), **fields}
    return Job.objects.create(owner_id=blob.owner_id, blob=blob, **fields)


def uploaded(owner: User, name: str, album: Album | None = None) -> Item:
    """An item that nobody has looked at yet."""
    blob = blob_of(owner, name)
    return actions.add_item(owner=owner, blob=blob, name=name, taken_at=SUMMER, album=album)


def photo(
    owner: User,
    name: str = "beach.jpg",
    *,
    day: int = 0,
    album: Album | None = None,
    phash: int | None = None,
) -> Item:
    """A photo with its pictures, 3000 by 2000, taken `day` days after 1 July 2024."""
    blob = blob_of(owner, name)
    prepared(blob, kind="photo", day=day, phash=phash)
    return actions.add_item(owner=owner, blob=blob, name=name, taken_at=SUMMER, album=album)


def video(
    owner: User, name: str = "waves.mp4", *, day: int = 0, album: Album | None = None
) -> Item:
    """A video of 65 seconds with its poster; `streamed` makes it play."""
    blob = blob_of(owner, name, content_type="video/mp4")
    prepared(blob, kind="video", day=day)
    _done(blob, "segment")
    return actions.add_item(owner=owner, blob=blob, name=name, taken_at=SUMMER, album=album)


def song(
    owner: User, name: str = "song.mp3", *, album: Album | None = None, covered: bool = False
) -> Item:
    """A song of 65 seconds that plays, with a cover or without."""
    blob = blob_of(owner, name, content_type="audio/mpeg")
    MediaInfo.objects.create(
        blob=blob, kind="audio", format="mp3", width=0, height=0, duration_seconds=65.4
    )
    _done(blob, "prepare")
    _done(blob, "recording")
    _rendition(blob, "audio", "audio", 0, 0)
    if covered:
        _rendition(blob, "image", "image-320", 320, 300)
    return actions.add_item(owner=owner, blob=blob, name=name, taken_at=SUMMER, album=album)


def streamed(item: Item) -> Item:
    """The same video as a stream of two rungs and sound, with a preview and a storyboard."""
    for name, width, height in (("240", 426, 240), ("720", 1280, 720), ("audio", 0, 0)):
        Track.objects.create(
            blob=item.blob,
            name=name,
            version=1,
            prefix=f"renditions/{item.blob_id}/hls-{name}-v1/",
            codecs="avc1.4d401f" if width else "mp4a.40.2",
            width=width,
            height=height,
            frame_rate=30.0 if width else None,
            bandwidth=1000 * (width + 128),
            average_bandwidth=800 * (width + 128),
            size_bytes=1_000_000,
            segments=[["c0.m4s", 0, 800, 0], ["c0.m4s", 800, 9000, 4.0], ["c1.m4s", 0, 9000, 4.0]],
        )
    _rendition(item.blob, "preview", "hover", 320, 180)
    _rendition(item.blob, "storyboard", "storyboard", 320, 90)
    sheet = {"columns": 2, "width": 160, "height": 90, "starts": [0, 30]}
    Rendition.objects.filter(blob=item.blob, recipe="storyboard").update(sheet=sheet)
    return item


def prepared(blob: Blob, *, kind: str, day: int = 0, phash: int | None = None) -> None:
    """What processing leaves behind when it has looked at a blob."""
    MediaInfo.objects.create(
        blob=blob,
        kind=kind,
        format="jpeg" if kind == "photo" else "mp4",
        width=3000,
        height=2000,
        duration_seconds=65.4 if kind == "video" else None,
        taken_at=SUMMER + timedelta(days=day),
        camera="Nikon F3",
        thumbhash="1QcSHQRnh493V4dIh4eXh1h4kJUI",
        phash=phash,
    )
    _done(blob, "prepare")
    for width in (320, 640, 1280, 2560):
        _rendition(blob, "image", f"image-{width}", width, width * 2 // 3)


def _done(blob: Blob, kind: str) -> None:
    job_of(blob, kind=kind, state=Job.State.DONE, progress=100)


def _rendition(blob: Blob, role: str, recipe: str, width: int, height: int) -> None:
    ending = "jpg" if role in {"image", "storyboard"} else "mp4"
    Rendition.objects.create(
        blob=blob,
        role=role,
        recipe=recipe,
        version=1,
        key=f"renditions/{blob.pk}/{recipe}-v1.{ending}",
        content_type="image/jpeg" if ending == "jpg" else "video/mp4",
        width=width,
        height=height,
        size_bytes=width * 100,
    )
