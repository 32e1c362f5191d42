"""The admin's page of remembered answers. Bodies stay hidden: some hold credentials."""

from django.contrib import admin

from mediashare.api.models import IdempotentAnswer
from mediashare.backstage import ReadOnlyAdmin


@admin.register(IdempotentAnswer)
class IdempotentAnswerAdmin(ReadOnlyAdmin):
    list_display = ["key", "user", "status", "created_at"]
    list_filter = ["status"]
    list_select_related = ["user"]
    search_fields = ["key", "user__email"]
    date_hierarchy = "created_at"
    fields = ["key", "user", "status", "fingerprint", "created_at"]
