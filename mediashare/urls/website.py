"""The website: pages, the API behind them, and the admin."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
