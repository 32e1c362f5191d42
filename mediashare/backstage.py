"""What the admin pages of all apps share. Nothing here is seen outside the admin."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
else:
    AnyModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(AnyModelAdmin):
    """Rows that only the service itself makes, changes and deletes."""

    # Counting a whole large table for each search would take longer than the search.
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def size_text(size_bytes: int | None) -> str:
    """As 1.2 MB; a dash for what has no size."""
    return "—" if size_bytes is None else filesizeformat(size_bytes)
