"""The upload endpoints, behind a load balancer of their own."""

from django.urls import URLPattern, URLResolver, path

from albums.api import uploads
from mediashare.urls import health, metrics

urlpatterns: list[URLPattern | URLResolver] = [
    *health.urlpatterns,
    *metrics.urlpatterns,
    path("api/v1/uploads", uploads.UploadList.as_view(), name="upload-list"),
    path("api/v1/uploads/<uuid:upload_id>", uploads.UploadDetail.as_view(), name="upload"),
    path(
        "api/v1/uploads/<uuid:upload_id>/credentials",
        uploads.UploadCredentials.as_view(),
        name="upload-credentials",
    ),
    path(
        "api/v1/uploads/<uuid:upload_id>/parts", uploads.UploadParts.as_view(), name="upload-parts"
    ),
    path(
        "api/v1/uploads/<uuid:upload_id>/complete",
        uploads.UploadCompletion.as_view(),
        name="upload-completion",
    ),
]
