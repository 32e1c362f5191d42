"""The admin's pages of looks, groups of similar photos, and what their owners decided."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from albums.models import Distinction, Look, MergedItem, SimilarGroup
from mediashare.backstage import ReadOnlyAdmin


@admin.register(SimilarGroup)
class SimilarGroupAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "owner", "size", "found_at"]
    search_fields = ["id", "owner__email"]
    date_hierarchy = "found_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        groups: QuerySet[Any] = super().get_queryset(request)
        sized: QuerySet[Any] = groups.select_related("owner").annotate(size=Count("looks"))
        return sized

    @admin.display(ordering="size")
    def size(self, group: Any) -> int:
        """How many photos are in it, those in the trash among them."""
        return int(group.size)


@admin.register(Look)
class LookAdmin(ReadOnlyAdmin):
    list_display = ["item", "owner", "phash", "is_compared", "group"]
    list_filter = ["is_compared"]
    list_select_related = ["item", "owner", "group"]
    search_fields = ["item__id", "item__name", "owner__email"]


@admin.register(Distinction)
class DistinctionAdmin(ReadOnlyAdmin):
    list_display = ["first", "second", "made_at"]
    list_select_related = ["first", "second"]
    search_fields = ["first__name", "second__name", "first__owner__email"]
    date_hierarchy = "made_at"


@admin.register(MergedItem)
class MergedItemAdmin(ReadOnlyAdmin):
    list_display = ["id", "item", "merged_at"]
    list_select_related = ["item"]
    search_fields = ["id", "item__id", "item__name", "item__owner__email"]
    date_hierarchy = "merged_at"
