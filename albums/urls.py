"""Addresses of the website's pages. Nouns; what happens to them is the request's method."""

from django.urls import path

from albums.views import site, upload

app_name = "albums"
urlpatterns = [
    path("upload/", upload.upload, name="upload"),
    path("theme", site.choose_theme, name="theme"),
    path("manifest.webmanifest", site.manifest, name="manifest"),
]
