"""The admin's page of the words that items are found by."""

from django.contrib import admin

from albums.models import ItemWords
from mediashare.backstage import ReadOnlyAdmin


@admin.register(ItemWords)
class ItemWordsAdmin(ReadOnlyAdmin):
    list_display = ["item", "said"]
    list_select_related = ["item"]
    search_fields = ["item__id", "item__name", "item__owner__email"]
    fields = ["item", "said"]
