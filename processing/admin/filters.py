"""How lists of jobs are narrowed and paged without counting a table of a million rows."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from mediashare.storage.models import Blob
from processing import overview
from processing.models import Job

if TYPE_CHECKING:
    AnyPaginator = Paginator[Any]
else:
    AnyPaginator = Paginator

# Nobody turns a hundred pages: who looks for an older job narrows the list.
MOST_COUNTED = 10_000
AGES = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


class BoundedPaginator(AnyPaginator):
    """Counts no further than MOST_COUNTED."""

    @cached_property
    def count(self) -> int:
        # A paginator may be given any list; the admin gives it a query.
        found: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return found.order_by()[:MOST_COUNTED].count()


class AgeFilter(admin.SimpleListFilter):
    title = "age"
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((name, f"the last {name}") for name in AGES), ("older", "older than a week")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        now = timezone.now()
        if self.value() == "older":
            return queryset.filter(created_at__lt=now - AGES["week"])
        age = AGES.get(self.value() or "")
        return queryset.filter(created_at__gte=now - age) if age else queryset


class WorkerFilter(admin.SimpleListFilter):
    """Those who work now. What another one did is found by searching for its name."""

    title = "worker at work"
    parameter_name = "worker"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(worker, worker) for worker in overview.workers()]

    def has_output(self) -> bool:
        return bool(self.lookup_choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        return queryset.filter(worker=self.value()) if self.value() else queryset


def found(jobs: QuerySet[Job], words: str) -> QuerySet[Job]:
    """Jobs by their own id, a blob's, that of whatever refers to a blob, an owner or a worker."""
    words = words.strip()
    try:
        return jobs.filter(_of_thing(UUID(words)))
    except ValueError:
        if "@" in words:
            return jobs.filter(owner__email__iexact=words)
        by_owner = Q(owner__email__istartswith=words)
        return jobs.filter(by_owner | Q(worker=words) | Q(reason__istartswith=words))


def _of_thing(thing: UUID) -> Q:
    """Whoever protects a blob refers to it, as an item does."""
    wanted = Q(pk=thing) | Q(blob=thing)
    for relation in Blob._meta.related_objects:
        if relation.on_delete is models.PROTECT:
            users = Blob.objects.filter(**{f"{relation.name}__pk": thing})
            wanted |= Q(blob__in=users.values("pk"))
    return wanted
