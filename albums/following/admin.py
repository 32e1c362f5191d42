"""The admin's pages of albums that follow folders, and of the files they show."""

from django.contrib import admin

from albums.models import FollowedFile, Following
from mediashare.backstage import ReadOnlyAdmin


@admin.register(Following)
class FollowingAdmin(ReadOnlyAdmin):
    list_display = ["album", "folder", "place", "number", "lease_until", "begun_at"]
    list_select_related = ["album", "folder"]
    search_fields = ["album__id", "album__title", "folder__id", "folder__owner__email"]
    date_hierarchy = "begun_at"


@admin.register(FollowedFile)
class FollowedFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "following", "item", "is_there", "has_brought", "has_trashed"]
    list_filter = ["is_there", "has_brought", "has_trashed"]
    list_select_related = ["following", "item"]
    search_fields = ["id", "entry", "name", "item__id", "following__folder__id"]
