"""What the admin pages of all apps share. Nothing here is seen outside the admin."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

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


class LiveFilter(admin.SimpleListFilter):
    """Rows that can still be used, as the model's own `live` says, or those that cannot."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("live", "live"), ("over", "expired or revoked")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        live = queryset.model.objects.live(timezone.now())
        match self.value():
            case "live":
                return queryset.filter(pk__in=live.values("pk"))
            case "over":
                return queryset.exclude(pk__in=live.values("pk"))
        return queryset


def size_text(size_bytes: int | None) -> str:
    """As 1.2 MB; a dash for what has no size."""
    return "—" if size_bytes is None else filesizeformat(size_bytes)
