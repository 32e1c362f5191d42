"""The website: pages, the API behind them, and the admin."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from mediashare.urls import health, metrics

admin.site.site_title = admin.site.site_header = "mediashare administration"

urlpatterns: list[URLPattern | URLResolver] = [
    *health.urlpatterns,
    *metrics.urlpatterns,
    path("", include("mediashare.accounts.urls")),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("albums.api.urls")),
    path("folders/", include("sync.server.urls")),
    path("f/", include("sync.server.public_urls")),
    path("", include("albums.urls")),
]
