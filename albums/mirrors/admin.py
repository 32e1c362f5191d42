"""The admin's pages of albums that somebody keeps on a computer."""

from django.contrib import admin

from albums.models import Mirror
from mediashare.backstage import ReadOnlyAdmin


@admin.register(Mirror)
class MirrorAdmin(ReadOnlyAdmin):
    list_display = ["album", "folder", "wanted", "done"]
    list_select_related = ["album", "folder"]
    search_fields = ["album__id", "album__title", "folder__id", "folder__owner__email"]
