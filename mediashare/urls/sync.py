"""The sync endpoints, behind a load balancer of their own."""

from django.urls import URLPattern, URLResolver, include, path

from mediashare.accounts import device_api
from mediashare.urls import health, metrics

urlpatterns: list[URLPattern | URLResolver] = [
    *health.urlpatterns,
    *metrics.urlpatterns,
    path("sync/v1/device", device_api.OwnDevice.as_view(), name="own-device"),
    path(
        "sync/v1/device/authorize",
        device_api.DeviceAuthorization.as_view(),
        name="device-authorization",
    ),
    path("sync/v1/device/token", device_api.DeviceToken.as_view(), name="device-token"),
    path("sync/v1/", include("sync.server.api.urls")),
]
