"""The admin's page of the workers that live, as they say themselves."""

from django.contrib import admin

from mediashare.backstage import ReadOnlyAdmin
from processing.models import Worker


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    list_display = ["name", "lanes", "slots", "started_at", "seen_at"]
    search_fields = ["name"]
