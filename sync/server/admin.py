"""The admin's pages of synced folders. Addresses of shares are never shown.

The journal is not among them: it may be in another store, and only its own module touches it.
"""

from django.contrib import admin

from mediashare.backstage import ReadOnlyAdmin
from sync.server.models import (
    Act,
    Folder,
    FolderBlob,
    FolderEvent,
    FolderLink,
    Incoming,
    Invitation,
    Member,
)


@admin.register(Folder)
class FolderAdmin(ReadOnlyAdmin):
    list_display = ["name", "owner", "kind", "changed_at", "created_at", "deleted_at"]
    list_filter = ["kind", ("deleted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["owner"]
    search_fields = ["id", "name", "owner__email"]
    date_hierarchy = "created_at"


@admin.register(Member)
class MemberAdmin(ReadOnlyAdmin):
    list_display = ["folder", "user", "role", "mail", "told_at"]
    list_filter = ["role", "mail"]
    list_select_related = ["folder", "user"]
    search_fields = ["folder__id", "folder__name", "user__email"]
    date_hierarchy = "created_at"


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ["email", "folder", "role", "invited_by", "created_at", "expires_at"]
    list_filter = ["role"]
    list_select_related = ["folder", "invited_by"]
    search_fields = ["email", "folder__id", "folder__name", "invited_by__email"]
    date_hierarchy = "created_at"


@admin.register(FolderEvent)
class FolderEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "folder", "actor_name", "kind", "subject", "outcome"]
    list_filter = ["kind"]
    list_select_related = ["folder"]
    search_fields = ["folder__id", "folder__name", "actor_name", "subject"]
    date_hierarchy = "at"


@admin.register(FolderLink)
class FolderLinkAdmin(ReadOnlyAdmin):
    list_display = ["id", "label", "folder", "view_count", "last_viewed_at", "revoked_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["folder"]
    search_fields = ["id", "label", "folder__id", "folder__owner__email"]
    date_hierarchy = "created_at"


@admin.register(FolderBlob)
class FolderBlobAdmin(ReadOnlyAdmin):
    list_display = ["sha256", "folder", "used_at", "verified_at", "spoiled_at", "let_go_at"]
    list_filter = [
        ("spoiled_at", admin.EmptyFieldListFilter),
        ("verified_at", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["folder"]
    search_fields = ["sha256", "folder__id", "folder__owner__email"]
    date_hierarchy = "created_at"


@admin.register(Incoming)
class IncomingAdmin(ReadOnlyAdmin):
    list_display = ["sha256", "folder", "size_bytes", "created_at", "expires_at", "ended_at"]
    list_select_related = ["folder"]
    search_fields = ["id", "sha256", "folder__id", "folder__owner__email"]
    date_hierarchy = "created_at"


@admin.register(Act)
class ActAdmin(ReadOnlyAdmin):
    list_display = ["kind", "folder", "user", "done", "steps", "created_at", "ended_at"]
    list_filter = ["kind"]
    list_select_related = ["folder", "user"]
    search_fields = ["id", "folder__id", "folder__name", "user__email"]
    date_hierarchy = "created_at"
