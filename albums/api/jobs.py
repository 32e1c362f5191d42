"""Jobs in the API: what is made of a person's files, how far it is, and what became of it."""

from typing import Any
from uuid import UUID

import django_filters
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from albums.api.asking import OwnerView
from albums.models import Item
from mediashare.accounts.models import User
from processing import actions, board, forecast, queries
from processing.models import Job, JobQuerySet
from processing.words import KINDS


class JobAnswer(serializers.ModelSerializer[Job]):
    item = serializers.UUIDField(
        source="item_id", allow_null=True, help_text="Null for what is made of many items."
    )
    doing = serializers.SerializerMethodField(help_text="The kind, in words.")
    time_left = serializers.SerializerMethodField(
        help_text="In words; empty when nobody can know, and for what has ended."
    )

    class Meta:
        model = Job
        fields = [
            "id",
            "item",
            "kind",
            "part",
            "doing",
            "state",
            "progress",
            "time_left",
            "reason",
            "created_at",
            "started_at",
            "ended_at",
        ]
        read_only_fields = fields

    def get_doing(self, job: Job) -> str:
        return KINDS[job.kind].doing

    def get_time_left(self, job: Job) -> str:
        looks: dict[UUID, forecast.Outlook] = self.context["outlooks"]
        return looks[job.pk].words


class ChangedAnswer(serializers.Serializer[Any]):
    jobs = serializers.IntegerField(help_text="How many were changed.")


class JobFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=Job.State.choices)
    kind = django_filters.MultipleChoiceFilter(choices=Job.Kind.choices)
    item = django_filters.UUIDFilter(method="of_item")

    class Meta:
        model = Job
        fields: list[str] = []

    def of_item(self, jobs: JobQuerySet, name: str, item: UUID) -> JobQuerySet:
        return jobs.filter(blob__in=Item.objects.filter(pk=item).values("blob"))


class JobsView(OwnerView):
    """Finds the asker's own jobs; not what is made anew in the background."""

    def own_jobs(self) -> JobQuerySet:
        owner: User = self._described() or self.asker()
        return board.own_jobs(owner)

    def answer(self, jobs: list[Job]) -> Any:
        """What is said of jobs, in as many queries for many as for one."""
        blobs = {job.blob_id for job in jobs if job.blob_id}
        found = Item.objects.filter(owner=self.asker(), blob__in=blobs)
        items: dict[UUID | None, UUID] = dict(found.values_list("blob", "pk"))
        for job in jobs:
            job.item_id = items.get(job.blob_id)  # type: ignore[attr-defined]  # For the answer.
        looks = forecast.outlooks({job.pk: [job] for job in jobs}, now=timezone.now())
        return JobAnswer(jobs, many=True, context={"outlooks": looks}).data


class JobList(JobsView, ListAPIView[Job]):
    """Jobs, the newest first. `state` and `kind` may be given several times."""

    serializer_class = JobAnswer
    filterset_class = JobFilter

    def get_queryset(self) -> JobQuerySet:
        return self.own_jobs().defer(*queries.HEAVY)

    def list(self, request: Request, *args: Any, **more: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.answer(page or []))


class JobView(JobsView, RetrieveAPIView[Job]):
    """One job."""

    serializer_class = JobAnswer

    def get_queryset(self) -> JobQuerySet:
        return self.own_jobs()

    def retrieve(self, request: Request, *args: Any, **more: Any) -> Response:
        return Response(self.answer([self.get_object()])[0])


class Retry(JobsView):
    @extend_schema(request=None, responses=JobAnswer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Try a job again that failed or was cancelled. Asking again is harmless."""
        get_object_or_404(self.own_jobs(), pk=pk)
        actions.retry(jobs=self.own_jobs().filter(pk=pk))
        return Response(self.answer([self.own_jobs().get(pk=pk)])[0])


class Cancellation(JobsView):
    @extend_schema(request=None, responses=JobAnswer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Cancel a job that waits or runs; what has ended stays as it is."""
        get_object_or_404(self.own_jobs(), pk=pk)
        actions.cancel(jobs=self.own_jobs().filter(pk=pk))
        return Response(self.answer([self.own_jobs().get(pk=pk)])[0])


class Retries(JobsView):
    @extend_schema(request=None, responses=ChangedAnswer)
    def post(self, request: Request) -> Response:
        """Try all again that failed or were cancelled."""
        return Response({"jobs": actions.retry(jobs=self.own_jobs().unsuccessful())})


class Cancellations(JobsView):
    @extend_schema(request=None, responses=ChangedAnswer)
    def post(self, request: Request) -> Response:
        """Cancel all that wait or run."""
        return Response({"jobs": actions.cancel(jobs=self.own_jobs().unfinished())})
