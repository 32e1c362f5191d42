"""The upload endpoints: a file's way in, without its bytes ever passing here."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from albums import uploads
from albums.api import upload_forms as forms
from albums.api.asking import OwnerView
from albums.api.item_forms import ItemSummary
from albums.models import Item
from mediashare.accounts.models import ApiToken
from mediashare.api.idempotency import idempotent
from mediashare.api.problems import Problem
from mediashare.aws import multipart
from mediashare.aws.client import NotFound
from mediashare.storage import actions, granting
from mediashare.storage.models import Upload
from mediashare.storage.parts import Cut


class NotForThisMethod(Problem):
    """The upload takes bytes in the other of the two ways."""

    def __init__(self, method: str) -> None:
        detail = f"This upload takes its bytes by the method {method!r}."
        super().__init__(409, "not-for-this-method", detail, method=method)


class UploadView(OwnerView):
    """Needs the scope `upload`; finds only the asker's own uploads."""

    required_scope = ApiToken.Scope.UPLOAD
    throttle_scope = "uploads"

    def own_upload(self, upload_id: UUID) -> Upload:
        return get_object_or_404(
            Upload.objects.select_related("owner", "blob"), pk=upload_id, owner=self.asker()
        )

    def upload_under_way(self, upload_id: UUID) -> Upload:
        """The upload, which now expires later."""
        upload = self.own_upload(upload_id)
        actions.prolong_upload(upload=upload, now=timezone.now())
        return upload


class UploadList(ListAPIView[Upload], UploadView):
    serializer_class = forms.UploadSummary
    filter_backends = []

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Upload.objects.none()
        return Upload.objects.open().filter(owner=self.asker())

    @extend_schema(
        request=forms.WishForm,
        responses={201: forms.UploadAnswer, 200: forms.UploadAnswer},
    )
    @idempotent(secret=("credentials",))
    def post(self, request: Request) -> Response:
        """Begin an upload, resume an open one of the same file, or learn that it is known."""
        form = forms.WishForm(data=request.data, context={"request": request})
        form.is_valid(raise_exception=True)
        owner, wish, now = self.asker(), form.wish(), timezone.now()
        album = form.validated_data.get("album")
        self.expect_filled_by_hand(album)
        if item := uploads.take_duplicate(owner=owner, wish=wish, album=album, now=now):
            return Response({"state": "duplicate", "item": describe_item(item)})
        if upload := actions.resumable_upload(owner=owner, wish=wish, now=now):
            actions.prolong_upload(upload=upload, now=now)
            return Response(describe(upload))
        upload = actions.begin_upload(owner=owner, wish=wish, now=now)
        return Response(describe(upload, new=True), status=status.HTTP_201_CREATED)


class UploadDetail(UploadView):
    @extend_schema(responses=forms.UploadAnswer)
    def get(self, request: Request, upload_id: UUID) -> Response:
        """An upload and which of its parts the store holds. Gives no credentials."""
        return Response(describe(self.own_upload(upload_id), grant=False))

    @extend_schema(
        responses={204: OpenApiResponse(description="Ended; harmless when asked twice.")}
    )
    def delete(self, request: Request, upload_id: UUID) -> Response:
        """Give an upload up. What was sent is removed, what was reserved is given back."""
        actions.abort_upload(upload=self.own_upload(upload_id), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class UploadCredentials(UploadView):
    @extend_schema(request=None, responses=forms.CredentialsAnswer)
    def post(self, request: Request, upload_id: UUID) -> Response:
        """Fresh credentials, when the first ones near their end."""
        upload = self.upload_under_way(upload_id)
        if granting.method_of(upload) != "sts":
            raise NotForThisMethod("presigned")
        return Response(forms.CredentialsAnswer(granting.credentials_for(upload)).data)


class UploadParts(UploadView):
    @extend_schema(request=forms.PartsForm, responses=forms.AddressesAnswer)
    def post(self, request: Request, upload_id: UUID) -> Response:
        """Addresses for up to 100 parts. Size and digest are signed with each."""
        upload = self.upload_under_way(upload_id)
        if granting.method_of(upload) != "presigned":
            raise NotForThisMethod("sts")
        form = forms.PartsForm(data=request.data)
        form.is_valid(raise_exception=True)
        digests = form.digests()
        if max(digests) > Cut(upload.size_bytes, upload.part_size).part_count:
            raise Problem(422, "no-such-part", "This upload has fewer parts than were asked for.")
        urls, expires_at = granting.addresses_for(upload, digests, now=timezone.now())
        answer = forms.AddressesAnswer({"urls": urls, "expires_at": expires_at})
        return Response(answer.data)


class UploadCompletion(UploadView):
    @extend_schema(request=forms.CompletionForm, responses={201: ItemSummary, 200: ItemSummary})
    def post(self, request: Request, upload_id: UUID) -> Response:
        """Check with the store that all is there and right, and make the item."""
        upload = self.own_upload(upload_id)
        form = forms.CompletionForm(data=request.data, context={"request": request})
        form.is_valid(raise_exception=True)
        self.expect_filled_by_hand(form.validated_data.get("album"))
        item, made = uploads.complete_upload(
            upload=upload,
            digests=form.digests(),
            album=form.validated_data.get("album"),
            now=timezone.now(),
        )
        code = status.HTTP_201_CREATED if made else status.HTTP_200_OK
        return Response(describe_item(item), status=code)


def describe(upload: Upload, *, new: bool = False, grant: bool = True) -> dict[str, Any]:
    """What a client needs to send the bytes of an upload."""
    is_open = upload.state == Upload.State.OPEN
    method = granting.method_of(upload)
    granted = granting.credentials_for(upload) if is_open and grant and method == "sts" else None
    item = Item.objects.filter(blob=upload.blob).first() if upload.blob else None
    answer = {
        "id": upload.pk,
        "state": upload.state,
        "key": upload.key,
        "name": upload.name,
        "size": upload.size_bytes,
        "part_size": upload.part_size,
        "part_count": Cut(upload.size_bytes, upload.part_size).part_count,
        "multipart_id": upload.multipart_id or None,
        "method": method,
        "target": target(),
        "credentials": granted,
        "parts": stored_parts(upload) if is_open and not new else [],
        "expires_at": upload.expires_at,
        "item": item,
    }
    return dict(forms.UploadAnswer(answer).data)


def describe_item(item: Item) -> dict[str, Any]:
    return dict(ItemSummary(item).data)


def stored_parts(upload: Upload) -> list[multipart.StoredPart]:
    """What the store holds of an upload. Joined parts are no longer told apart."""
    if not upload.multipart_id:
        return []
    try:
        return multipart.stored_parts(
            bucket=settings.ORIGINALS_BUCKET, key=upload.key, multipart_id=upload.multipart_id
        )
    except NotFound:
        return []


def target() -> dict[str, Any]:
    """Where S3 is, as clients reach it."""
    own = settings.S3_PUBLIC_ENDPOINT_URL
    return {
        "endpoint": own or f"https://s3.{settings.S3_REGION}.amazonaws.com",
        "region": settings.S3_REGION,
        "bucket": settings.ORIGINALS_BUCKET,
        "path_style": bool(own),
    }
