"""The admin's page of all jobs: how each lane is doing, why something failed, and what to do."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone

from mediashare.backstage import ReadOnlyAdmin
from processing import actions, overview
from processing.admin import dead_letters, filters
from processing.models import Job


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    change_list_template = "admin/processing/job_list.html"
    list_display = [
        "kind",
        "state",
        "lane",
        "owner",
        "progress",
        "attempts",
        "waited",
        "took",
        "worker",
        "reason",
        "created_at",
        "part",
        "blob",
    ]
    list_filter = [
        "state",
        "kind",
        "lane",
        ("standing", admin.EmptyFieldListFilter),
        filters.AgeFilter,
        filters.WorkerFilter,
    ]
    list_select_related = ["blob", "owner"]
    search_fields = ["id"]
    search_help_text = (
        "A whole id of a job, blob or item; an address, or the beginning of one; a worker's name; "
        "the beginning of a reason."
    )
    show_facets = admin.ShowFacets.NEVER
    paginator = filters.BoundedPaginator
    ordering = ["-created_at"]
    actions = ["retry", "cancel"]
    readonly_fields = ["took", "waited", "lease_until", "worker", "created_at"]
    fieldsets = [
        (None, {"fields": ["owner", "blob", "kind", "part", "lane", "turn", "state", "standing"]}),
        ("What came of it", {"fields": ["progress", "version", "reason", "detail"]}),
        ("What was asked and found", {"fields": ["arguments", "result"]}),
        ("Who", {"fields": ["worker", "lease_until", "attempts", "setbacks"]}),
        (
            "When",
            {"fields": ["created_at", "due_at", "started_at", "ended_at", "waited", "took"]},
        ),
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Job], search_term: str
    ) -> tuple[QuerySet[Job], bool]:
        return (filters.found(queryset, search_term) if search_term else queryset), False

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(dead_letters.page)
        return [path("dead-letters/", page, name="processing_dead_letters"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        now = timezone.now()
        shown = {"lanes": overview.lanes(now=now), "now": now, **(extra_context or {})}
        return super().changelist_view(request, shown)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("processing.change_job")

    @admin.action(description="Try selected failed or cancelled jobs again", permissions=["retry"])
    def retry(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        count = actions.retry(jobs=jobs)
        self._say(request, count, "will be tried again", "had failed or been cancelled")

    @admin.action(description="Cancel selected waiting or running jobs", permissions=["retry"])
    def cancel(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        count = actions.cancel(jobs=jobs)
        self._say(request, count, "cancelled", "was waiting or running")

    def _say(self, request: HttpRequest, count: int, done: str, wanted: str) -> None:
        if count:
            self.message_user(request, f"{count} {done}.", messages.SUCCESS)
        else:
            self.message_user(request, f"None of these {wanted}.", messages.WARNING)

    @admin.display(description="waited for its last worker")
    def waited(self, job: Job) -> timedelta | None:
        if job.started_at is None:
            return None
        return max(timedelta(), job.started_at - max(job.created_at, job.due_at))

    @admin.display(description="took")
    def took(self, job: Job) -> timedelta | None:
        """The last attempt; up to now while it runs."""
        if job.started_at is None:
            return None
        return (job.ended_at or timezone.now()) - job.started_at
