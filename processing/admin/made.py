"""The admin's pages of what jobs made and found out."""

from django.contrib import admin
from django.utils.html import format_html

from mediashare.backstage import ReadOnlyAdmin, size_text
from mediashare.storage import delivery
from processing.models import Ladder, Leftover, MediaInfo, Rendition, Track


@admin.register(MediaInfo)
class MediaInfoAdmin(ReadOnlyAdmin):
    list_display = ["blob", "kind", "format", "codec", "width", "height", "taken_at", "camera"]
    list_filter = ["kind", "format"]
    list_select_related = ["blob"]
    search_fields = ["blob__id", "blob__owner__email", "camera"]
    date_hierarchy = "taken_at"


@admin.register(Rendition)
class RenditionAdmin(ReadOnlyAdmin):
    list_display = ["key", "role", "recipe", "version", "width", "height", "size", "created_at"]
    list_filter = ["role", "recipe", "version"]
    search_fields = ["key", "blob__id"]
    date_hierarchy = "created_at"
    readonly_fields = ["preview"]

    @admin.display(ordering="size_bytes")
    def size(self, rendition: Rendition) -> str:
        return size_text(rendition.size_bytes)

    @admin.display
    def preview(self, rendition: Rendition) -> str:
        if rendition.role != Rendition.Role.IMAGE:
            return "—"
        url = delivery.rendition_url(rendition.key)
        return format_html('<img src="{}" width="320" alt="">', url)


@admin.register(Track)
class TrackAdmin(ReadOnlyAdmin):
    list_display = ["prefix", "name", "version", "width", "height", "codecs", "size", "created_at"]
    list_filter = ["name", "version"]
    search_fields = ["prefix", "blob__id"]
    date_hierarchy = "created_at"

    @admin.display(ordering="size_bytes")
    def size(self, track: Track) -> str:
        return size_text(track.size_bytes)


@admin.register(Ladder)
class LadderAdmin(ReadOnlyAdmin):
    list_display = ["blob", "version", "edition", "created_at"]
    list_filter = ["version"]
    list_select_related = ["blob"]
    search_fields = ["blob__id"]
    date_hierarchy = "created_at"


@admin.register(Leftover)
class LeftoverAdmin(ReadOnlyAdmin):
    list_display = ["key", "replaced_at"]
    search_fields = ["key"]
