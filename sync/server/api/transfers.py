"""Bytes on their way to a folder and from it. None of them pass here."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from sync.protocol.transfers import Abandoned, Completion, Located, Wishes
from sync.server import completing, credentials, granting, holdings
from sync.server.api.asking import SyncView, answer, read
from sync.server.models import Member

NOTHING = 204


class FolderBlobs(SyncView):
    def post(self, request: Request, folder_id: UUID) -> HttpResponse:
        """Which of these contents the folder holds, and how to send the others."""
        member = self.writer(folder_id)
        wishes = read(request, Wishes)
        grants = granting.grant(
            member=member, sender=_sender(self, member), wanted=wishes.wanted, now=timezone.now()
        )
        return answer(grants)


class FolderBlobAbandonment(SyncView):
    def post(self, request: Request, folder_id: UUID) -> HttpResponse:
        """What was asked for will not be sent. Asking again is harmless."""
        member = self.writer(folder_id)
        keys = read(request, Abandoned).keys
        sender = _sender(self, member)
        granting.give_up(folder=member.folder, sender=sender, keys=keys, now=timezone.now())
        return HttpResponse(status=NOTHING)


class FolderBlobCompletion(SyncView):
    def post(self, request: Request, folder_id: UUID) -> HttpResponse:
        """All parts of a file were sent. Asking again gives the same answer."""
        folder = self.writer(folder_id).folder
        completion = read(request, Completion)
        return answer(completing.complete(folder=folder, completion=completion, now=timezone.now()))


class FolderBlobAddresses(SyncView):
    def post(self, request: Request, folder_id: UUID) -> HttpResponse:
        """Where contents that the folder holds can be fetched."""
        folder = self.member(folder_id).folder
        asked = read(request, Located)
        now, in_headers = timezone.now(), asked.in_headers
        return answer(holdings.located(folder, asked.sha256, in_headers=in_headers, now=now))


class FolderCredentials(SyncView):
    def post(self, request: Request, folder_id: UUID) -> HttpResponse:
        """Keys to the folder's bytes in S3, for less than an hour."""
        return answer(credentials.credentials_for(self.member(folder_id)))


def _sender(view: SyncView, member: Member) -> str:
    """Whose leave it is: each device's own, or else the person's."""
    return view.device() or str(member.user_id)
