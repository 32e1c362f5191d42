"""Addresses of the sync protocol, version 1."""

from django.urls import path

from sync.server.activity import api as activity
from sync.server.api import folders, schema, transfers
from sync.server.people import api as people

urlpatterns = [
    path("schema", schema.Schema.as_view(), name="sync-schema"),
    path("", folders.ServiceOverview.as_view(), name="sync-overview"),
    path("folders", folders.FolderList.as_view(), name="folder-list"),
    path("folders/<uuid:folder_id>", folders.FolderDetail.as_view(), name="folder"),
    path("folders/deleted", folders.DeletedFolderList.as_view(), name="deleted-folder-list"),
    path(
        "folders/<uuid:folder_id>/restoration",
        folders.FolderRestoration.as_view(),
        name="folder-restoration",
    ),
    path("folders/<uuid:folder_id>/activity", activity.FolderActivity.as_view(), name="activity"),
    path("folders/<uuid:folder_id>/people", people.FolderPeople.as_view(), name="folder-people"),
    path(
        "folders/<uuid:folder_id>/people/<uuid:user_id>",
        people.FolderMember.as_view(),
        name="folder-member",
    ),
    path(
        "folders/<uuid:folder_id>/invitations",
        people.FolderInvitations.as_view(),
        name="folder-invitations",
    ),
    path(
        "folders/<uuid:folder_id>/invitations/<uuid:invitation_id>",
        people.FolderInvitation.as_view(),
        name="folder-invitation",
    ),
    path("invitations", people.InvitationList.as_view(), name="invitation-list"),
    path("invitations/<uuid:invitation_id>", people.InvitationDetail.as_view(), name="invitation"),
    path(
        "invitations/<uuid:invitation_id>/acceptance",
        people.InvitationAcceptance.as_view(),
        name="invitation-acceptance",
    ),
    path("folders/<uuid:folder_id>/commit", folders.FolderCommits.as_view(), name="folder-commit"),
    path(
        "folders/<uuid:folder_id>/changes", folders.FolderChanges.as_view(), name="folder-changes"
    ),
    path("folders/<uuid:folder_id>/tree", folders.FolderTree.as_view(), name="folder-tree"),
    path(
        "folders/<uuid:folder_id>/compare",
        folders.FolderComparison.as_view(),
        name="folder-compare",
    ),
    path(
        "folders/<uuid:folder_id>/entries/<str:entry>/history",
        folders.EntryHistory.as_view(),
        name="entry-history",
    ),
    path("folders/<uuid:folder_id>/blobs", transfers.FolderBlobs.as_view(), name="folder-blobs"),
    path(
        "folders/<uuid:folder_id>/blobs/complete",
        transfers.FolderBlobCompletion.as_view(),
        name="folder-blob-completion",
    ),
    path(
        "folders/<uuid:folder_id>/blobs/abandon",
        transfers.FolderBlobAbandonment.as_view(),
        name="folder-blob-abandonment",
    ),
    path(
        "folders/<uuid:folder_id>/blobs/addresses",
        transfers.FolderBlobAddresses.as_view(),
        name="folder-blob-addresses",
    ),
    path(
        "folders/<uuid:folder_id>/credentials",
        transfers.FolderCredentials.as_view(),
        name="folder-credentials",
    ),
]
