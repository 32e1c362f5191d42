"""Folders: listed, made, changed and read."""

from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from mediashare.api.idempotency import idempotent
from mediashare.api.problems import Problem
from sync.protocol.comparing import digits_of
from sync.protocol.folders import Comparison, Folders, FolderSummary, NewFolder, Overview
from sync.protocol.messages import Changes, Commit, Identity
from sync.protocol.people import DeletedFolder, DeletedFolders, NewName
from sync.server import actions, feed, permissions, signals
from sync.server.api.asking import Malformed, SyncView, after, answer, moment, number, read
from sync.server.journal import FolderIsBusy
from sync.server.journal.chosen import get_journal
from sync.server.models import Folder, Member
from sync.server.people import lifetime

HISTORY_AT_ONCE = 100
# As many as a journal can be asked about at once.
FOLDERS_AT_ONCE = 500


class Busy(Problem):
    """Some of the changes may have been written."""

    wait = 1

    def __init__(self) -> None:
        detail = "Others are changing this folder just now. Send the same again, with its keys."
        super().__init__(503, "folder-busy", detail)


class ServiceOverview(SyncView):
    def get(self, request: Request) -> HttpResponse:
        """Where clients wait for changes."""
        return answer(Overview(settings.SYNC_WAITING_URL))


class FolderList(SyncView):
    def get(self, request: Request) -> HttpResponse:
        """The folders that you are a member of, and could be, a page of them by identity."""
        since, more = after(request), FOLDERS_AT_ONCE + 1
        members = permissions.memberships(self.asker()).order_by("folder_id")
        if since:
            members = members.filter(folder__gt=since)
        inside = {str(each.folder_id): each for each in members[:more]}
        offered = {each.id: each for each in signals.offers(self.asker(), since, limit=more)}
        ids = sorted(inside.keys() | offered)
        page = ids[:FOLDERS_AT_ONCE]
        heads = get_journal().heads([inside[each].folder_id for each in page if each in inside])
        listed = [_summary(inside[str(each)], head) for each, head in heads.items()]
        listed += [offered[each] for each in page if each in offered]
        listed.sort(key=lambda each: (each.kind == "album", each.created_at, each.id))
        return answer(Folders(listed, page[-1] if len(ids) > len(page) else ""))

    @idempotent()
    def post(self, request: Request) -> Response:
        """Make a folder of your own."""
        wish = read(request, NewFolder)
        member = actions.create_folder(owner=self.asker(), name=wish.name)
        return Response(msgspec.to_builtins(_summary(member, 0)), status=201)


class FolderDetail(SyncView):
    def get(self, request: Request, folder_id: UUID) -> HttpResponse:
        return answer(_summary(self.member(folder_id), get_journal().head(folder_id)))

    def patch(self, request: Request, folder_id: UUID) -> HttpResponse:
        """Call it something else. On computers it keeps its place."""
        member = self.manager(folder_id)
        name = read(request, NewName).name
        lifetime.rename(folder=member.folder, name=name, by=self.asker(), now=timezone.now())
        return answer(_summary(member, get_journal().head(folder_id)))

    def delete(self, request: Request, folder_id: UUID) -> HttpResponse:
        """Let nobody in any more. It can be brought back for a while."""
        member = self.manager(folder_id)
        lifetime.delete(folder=member.folder, by=self.asker(), now=timezone.now())
        return HttpResponse(status=204)


class DeletedFolderList(SyncView):
    def get(self, request: Request) -> HttpResponse:
        """Folders of yours that you can bring back."""
        found = permissions.deleted_folders(self.asker(), timezone.now())
        return answer(DeletedFolders([_deleted(each) for each in found.order_by("-deleted_at")]))


class FolderRestoration(SyncView):
    def post(self, request: Request, folder_id: UUID) -> HttpResponse:
        """Bring a deleted folder back, with its people, files and versions."""
        now = timezone.now()
        folder = permissions.deleted_folder(user=self.asker(), folder_id=folder_id, now=now)
        lifetime.restore(folder=folder, by=self.asker(), now=now)
        return answer(_summary(self.member(folder_id), get_journal().head(folder_id)))


class FolderCommits(SyncView):
    def post(self, request: Request, folder_id: UUID) -> HttpResponse:
        """Make changes. Each is answered for itself, and done once however often it is sent."""
        folder = self.writer(folder_id).folder
        sent = read(request, Commit)
        try:
            committed = actions.commit(
                folder=folder, changes=sent.changes, author=self.author(), now=timezone.now()
            )
        except FolderIsBusy as error:
            raise Busy from error
        return answer(committed)


class FolderChanges(SyncView):
    def get(self, request: Request, folder_id: UUID) -> HttpResponse:
        """The changes after number `since`, oldest first, a page of them."""
        self.member(folder_id)
        page = feed.page(folder_id, number(request, "since") or 0)
        return HttpResponse(page, content_type="application/json")


class FolderTree(SyncView):
    def get(self, request: Request, folder_id: UUID) -> StreamingHttpResponse:
        """All that is there, or was after change `at`, or at `time`: a line for each entry."""
        self.member(folder_id)
        at = number(request, "at")
        if time := moment(request, "time"):
            at = get_journal().number_at(folder_id, time)
        return StreamingHttpResponse(feed.tree(folder_id, at), content_type="application/x-ndjson")


class FolderComparison(SyncView):
    def post(self, request: Request, folder_id: UUID) -> StreamingHttpResponse:
        """The parts of the folder that are not as somebody knows them: a line for each entry."""
        self.member(folder_id)
        compared = read(request, Comparison)
        try:
            digits_of(len(compared.digests))
        except ValueError as error:
            raise Malformed(error) from error
        lines = feed.comparison(folder_id, compared)
        return StreamingHttpResponse(lines, content_type="application/x-ndjson")


class EntryHistory(SyncView):
    def get(self, request: Request, folder_id: UUID, entry: str) -> HttpResponse:
        """The changes of one entry, latest first; with `before`, those of lower numbers."""
        self.member(folder_id)
        before = number(request, "before")
        journal = get_journal()
        lines = journal.history(folder_id, _identity(entry), before=before, limit=HISTORY_AT_ONCE)
        return answer(Changes(lines, journal.head(folder_id)))


def _identity(text: str) -> str:
    try:
        return msgspec.convert(text, Identity)
    except msgspec.ValidationError as error:
        raise Malformed(error) from error


def _summary(member: Member, head: int) -> FolderSummary:
    folder = member.folder
    role: Any = member.role
    kind: Any = folder.kind
    return FolderSummary(
        id=str(folder.pk),
        name=folder.name,
        role=role,
        owner=folder.owner.display_name,
        head=head,
        created_at=folder.created_at,
        kind=kind,
    )


def _deleted(folder: Folder) -> DeletedFolder:
    if folder.deleted_at is None or folder.kept_until is None:
        raise ValueError(f"Folder {folder.pk} is not deleted.")
    return DeletedFolder(str(folder.pk), folder.name, folder.deleted_at, folder.kept_until)
