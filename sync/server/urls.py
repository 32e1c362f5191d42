"""Addresses of the pages of synced folders."""

from django.urls import path

from sync.server.activity import views as activity
from sync.server.following import urls as following
from sync.server.people import urls as people
from sync.server.views import acts, changing, folders, past, shares, trash, versions

app_name = "sync"
urlpatterns = [
    path("", folders.folder_list, name="folder_list"),
    path("<uuid:folder_id>/", folders.folder, name="folder"),
    path("<uuid:folder_id>/directories/", changing.directories, name="directories"),
    path("<uuid:folder_id>/deletions/", changing.deletions, name="deletions"),
    path("<uuid:folder_id>/moves/", changing.moves, name="moves"),
    path("<uuid:folder_id>/acts/<uuid:act_id>/", acts.act, name="act"),
    path("<uuid:folder_id>/acts/<uuid:act_id>/undo/", acts.undo, name="undo"),
    path("<uuid:folder_id>/trash/", trash.trash, name="trash"),
    path("<uuid:folder_id>/restorations/", trash.restorations, name="restorations"),
    path("<uuid:folder_id>/history/", trash.history, name="history"),
    path("<uuid:folder_id>/past/", past.moments, name="moments"),
    path("<uuid:folder_id>/past/<int:number>/", past.past, name="past"),
    path("<uuid:folder_id>/past/<int:number>/<entry:entry>/", past.past, name="past"),
    path(
        "<uuid:folder_id>/past/<int:number>/restoration/",
        past.restoration,
        name="past_restoration",
    ),
    path("<uuid:folder_id>/shares/", shares.shares, name="shares"),
    path("<uuid:folder_id>/shares/<uuid:share_id>/revocation/", shares.revoke, name="revoke"),
    path("<uuid:folder_id>/<entry:entry>/shares/", shares.shares, name="entry_shares"),
    path("<uuid:folder_id>/<entry:entry>/name/", changing.name, name="name"),
    path("<uuid:folder_id>/<entry:entry>/", folders.folder, name="entry"),
    path("<uuid:folder_id>/<entry:entry>/<int:number>/", versions.download, name="download"),
    path(
        "<uuid:folder_id>/<entry:entry>/<int:number>/restoration/",
        versions.restore,
        name="restore",
    ),
    path("<uuid:folder_id>/activity/", activity.activity, name="activity"),
    *people.urlpatterns,
    *following.urlpatterns,
]
