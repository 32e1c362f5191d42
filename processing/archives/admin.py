"""The admin's page of archives: whose, how far, and giving them up."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from mediashare.backstage import ReadOnlyAdmin, size_text
from processing.archives import actions
from processing.archives.models import Archive


@admin.register(Archive)
class ArchiveAdmin(ReadOnlyAdmin):
    list_display = ["name", "owner", "kind", "state", "percent", "size", "created_at", "expires_at"]
    list_filter = ["kind", "is_for_visitors", "with_place"]
    list_select_related = ["owner", "job"]
    search_fields = ["id", "name", "owner__email"]
    date_hierarchy = "created_at"
    fields = [
        *("name", "owner", "kind", "state", "reason", "percent", "size", "left_out"),
        *("is_for_visitors", "with_place", "job"),
        *("created_at", "begun_at", "ready_at", "expires_at", "told_at"),
    ]
    readonly_fields = ["state", "reason", "percent", "size"]
    actions = ["give_up"]

    def has_give_up_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("archives.delete_archive")

    @admin.display
    def size(self, archive: Archive) -> str:
        return size_text(archive.size_bytes) if archive.listed_at else "—"

    @admin.action(description="Give up selected archives", permissions=["give_up"])
    def give_up(self, request: HttpRequest, archives: QuerySet[Archive]) -> None:
        for archive in archives:
            actions.give_up(archive=archive)
        self.message_user(request, f"{len(archives)} given up.", messages.SUCCESS)
