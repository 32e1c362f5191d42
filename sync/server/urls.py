"""Addresses of the pages of synced folders."""

from django.urls import path

from sync.server import views

app_name = "sync"

urlpatterns = [
    path("", views.folder_list, name="folder_list"),
    path("<uuid:folder_id>/", views.folder, name="folder"),
    path("<uuid:folder_id>/<slug:entry>/", views.folder, name="entry"),
    path("<uuid:folder_id>/<slug:entry>/<int:number>/", views.download, name="download"),
    path("<uuid:folder_id>/<slug:entry>/<int:number>/restoration/", views.restore, name="restore"),
]
