"""The admin's pages of blobs and uploads. They are looked at, never edited: S3 holds the truth."""

from django.contrib import admin

from mediashare.backstage import ReadOnlyAdmin, size_text
from mediashare.storage.models import Blob, Upload


@admin.register(Blob)
class BlobAdmin(ReadOnlyAdmin):
    list_display = ["key", "owner", "size", "content_type", "sha256_checked_at", "created_at"]
    list_filter = ["content_type"]
    list_select_related = ["owner"]
    search_fields = ["key", "sha256", "owner__email"]
    date_hierarchy = "created_at"

    @admin.display(ordering="size_bytes")
    def size(self, blob: Blob) -> str:
        return size_text(blob.size_bytes)


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    list_display = ["name", "owner", "state", "size", "created_at", "expires_at", "ended_at"]
    list_filter = ["state"]
    list_select_related = ["owner"]
    search_fields = ["name", "key", "sha256", "owner__email"]
    date_hierarchy = "created_at"

    @admin.display(ordering="size_bytes")
    def size(self, upload: Upload) -> str:
        return size_text(upload.size_bytes)
