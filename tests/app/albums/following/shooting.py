"""Pictures that somebody puts into a folder, as tests say it, and albums that are to show them."""

import hashlib
import uuid

from django.utils import timezone

from albums.following import beginning, keeping
from albums.models import AlbumItem
from mediashare.storage.models import Blob
from sync.protocol.messages import Accepted, Author, Change, File
from sync.protocol.messages import Folder as FolderState
from sync.server import actions
from sync.server.journal.chosen import get_journal
from sync.server.models import FolderBlob
from tests.app.sync.changing import identity
from tests.people import prepared


class Shoot:
    """A folder, and the album that follows it or one of its folders."""

    def __init__(self, owner, *, place=""):
        self.folder = actions.create_folder(owner=owner, name="Trips").folder
        self.place = place
        if place:
            self.make(place)
        inside = identity(place) if place else ""
        self.album = beginning.follow(folder=self.folder, place=inside, title="Trips")

    def put(self, name, content=None, *, inside="", called=None, is_ready=True):
        """A file is there, new or edited, with a picture that shows `content`."""
        blob = self.hold(content or name, is_ready=is_ready)
        parent = identity(inside) if inside else ""
        return self._commit(
            name,
            File(parent, called or name, blob.sha256, blob.size_bytes, False, 1_720_000_000_000),
        )

    def make(self, name, *, inside=""):
        return self._commit(name, FolderState(identity(inside) if inside else "", name))

    def rename(self, name, called, *, inside=None):
        state = self.known(name).state
        parent = state.parent if inside is None else identity(inside) if inside else ""
        return self._commit(name, _with(state, parent, called))

    def delete(self, name):
        return self._commit(name, None)

    def bring_back(self, name):
        return self._commit(name, self.known(name).state)

    def known(self, name):
        found = get_journal().entry(self.folder.pk, identity(name))
        assert found
        return found

    def hold(self, content, *, is_ready=True):
        digest = hashlib.sha256(content.encode()).hexdigest()
        blob, is_new = Blob.objects.get_or_create(
            owner=self.folder.owner,
            sha256=digest,
            defaults={
                "key": f"{self.folder.prefix}{uuid.uuid4()}/{digest}",
                "size_bytes": len(content),
                "sha256_checked_at": timezone.now(),
                "content_type": "application/octet-stream",
            },
        )
        if is_new and is_ready:
            prepared(blob, kind="photo")
        FolderBlob.objects.get_or_create(folder=self.folder, sha256=digest, blob=blob)
        return blob

    def catch_up(self):
        keeping.catch_up(self.album.pk)

    def shown(self, album=None):
        """The names that the album shows, in its order."""
        places = AlbumItem.objects.shown().filter(album=album or self.album).select_related("item")
        return [place.item.name for place in places.order_by("position")]

    def item(self, name):
        return self.album.following.files.get(entry=identity(name)).item

    def _commit(self, name, after):
        known = get_journal().entry(self.folder.pk, identity(name))
        change = Change(uuid.uuid4().hex, identity(name), known.number if known else 0, after)
        owner = self.folder.owner
        committed = actions.commit(
            folder=self.folder,
            changes=[change],
            author=Author(str(owner.pk), owner.display_name),
            now=timezone.now(),
        )
        assert isinstance(committed.answers[0], Accepted), committed.answers
        return committed.answers[0].number


def _with(state, parent, name):
    if isinstance(state, FolderState):
        return FolderState(parent, name)
    return File(parent, name, state.sha256, state.size_bytes)
