"""The admin's page of the workers there are and were a while ago, as they say themselves."""

from django.contrib import admin

from mediashare.backstage import ReadOnlyAdmin
from processing.models import Worker


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    list_display = ["name", "lanes", "slots", "started_at", "seen_at", "left_at"]
    search_fields = ["name"]
