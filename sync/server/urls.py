"""Addresses of the pages of synced folders."""

from django.urls import path

from sync.server import identities
from sync.server.views import folders, versions

app_name = "sync"
identities.register()

urlpatterns = [
    path("", folders.folder_list, name="folder_list"),
    path("<uuid:folder_id>/", folders.folder, name="folder"),
    path("<uuid:folder_id>/<entry:entry>/", folders.folder, name="entry"),
    path("<uuid:folder_id>/<entry:entry>/<int:number>/", versions.download, name="download"),
    path(
        "<uuid:folder_id>/<entry:entry>/<int:number>/restoration/",
        versions.restore,
        name="restore",
    ),
]
