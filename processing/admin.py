"""The admin's pages of jobs and what they made. A failed job can be tried again here."""

from datetime import timedelta

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from mediashare.backstage import ReadOnlyAdmin, size_text
from mediashare.storage import delivery
from processing import actions
from processing.models import Job, Leftover, MediaInfo, Rendition, Track


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = [
        "kind",
        "state",
        "lane",
        "owner",
        "blob",
        "part",
        "progress",
        "attempts",
        "took",
        "worker",
        "reason",
        "created_at",
    ]
    list_filter = ["state", "kind", "lane"]
    list_select_related = ["blob", "owner"]
    search_fields = ["id", "blob__id", "owner__email", "worker", "reason"]
    date_hierarchy = "created_at"
    actions = ["retry"]
    readonly_fields = ["took", "waited", "lease_until", "worker", "created_at"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "owner",
                    "blob",
                    "kind",
                    "part",
                    "lane",
                    "state",
                    "progress",
                    "reason",
                    "detail",
                ]
            },
        ),
        ("Who", {"fields": ["worker", "lease_until", "attempts", "setbacks"]}),
        (
            "When",
            {
                "fields": [
                    "created_at",
                    "due_at",
                    "started_at",
                    "ended_at",
                    "waited",
                    "took",
                ]
            },
        ),
    ]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("processing.change_job")

    @admin.action(description="Try selected failed jobs again", permissions=["retry"])
    def retry(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        retried = actions.retry(jobs=jobs)
        self.message_user(
            request,
            f"{retried} will be tried again; {jobs.count() - retried} had not failed.",
            messages.SUCCESS if retried else messages.WARNING,
        )

    @admin.display(description="waited for its first worker")
    def waited(self, job: Job) -> timedelta | None:
        return job.started_at - job.created_at if job.started_at else None

    @admin.display(description="took")
    def took(self, job: Job) -> timedelta | None:
        """The last attempt; up to now while it runs."""
        if job.started_at is None:
            return None
        return (job.ended_at or timezone.now()) - job.started_at


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


@admin.register(Leftover)
class LeftoverAdmin(ReadOnlyAdmin):
    list_display = ["key", "replaced_at"]
    search_fields = ["key"]
