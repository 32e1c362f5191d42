"""Bytes on their way to a folder and from it. None of them pass here."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from sync.protocol.transfers import Completion, Located, Wishes
from sync.server import completing, credentials, granting, holdings
from sync.server.api.asking import SyncView, answer, read


class FolderBlobs(SyncView):
    def post(self, request: Request, folder_id: UUID) -> HttpResponse:
        """Which of these contents the folder holds, and how to send the others."""
        member = self.writer(folder_id)
        wishes = read(request, Wishes)
        sender = self.device() or str(member.user_id)
        grants = granting.grant(
            member=member, sender=sender, wanted=wishes.wanted, now=timezone.now()
        )
        return answer(grants)


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
        return answer(holdings.located(folder, asked.sha256, now=timezone.now()))


class FolderCredentials(SyncView):
    def post(self, request: Request, folder_id: UUID) -> HttpResponse:
        """Keys to the folder's bytes in S3, for less than an hour."""
        return answer(credentials.credentials_for(self.member(folder_id)))
