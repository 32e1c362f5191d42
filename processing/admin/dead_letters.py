"""The admin's page of dead letters: looked at, sent to their queues again, dropped for good.

Nothing is done to a message before a person has said twice what.
"""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from mediashare.aws.client import NotFound, Refused, Unavailable
from processing import dead_letters
from processing.models import Job
from processing.reasons import WORKER_DIED

DEAD_JOBS = 50
ACTS = {"replay": dead_letters.replay, "drop": dead_letters.drop}
AWAY = (Unavailable, Refused, NotFound)


def page(request: HttpRequest) -> HttpResponse:
    """What is set aside; a POST asks for confirmation, and a sure one acts."""
    if not request.user.has_perm("processing.view_job"):
        raise PermissionDenied
    if request.method == "POST":
        return _act(request)
    context = {**admin.site.each_context(request), "title": "Dead letters"}
    context["may_act"] = request.user.has_perm("processing.change_job")
    if not dead_letters.is_kept_by_broker():
        context["dead_jobs"] = _dead_jobs()
        return render(request, "admin/processing/dead_letters.html", context)
    try:
        context["shelves"] = dead_letters.shelves()
    except AWAY as error:
        context["away"] = str(error)
    return render(request, "admin/processing/dead_letters.html", context)


def _act(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("processing.change_job"):
        raise PermissionDenied
    act, name = request.POST.get("act", ""), request.POST.get("queue", "")
    ids = request.POST.getlist("id")
    if act not in ACTS or not dead_letters.is_kept_by_broker():
        raise Http404
    if request.POST.get("sure") != "yes":
        context = {**admin.site.each_context(request), "title": "Dead letters"}
        context |= {"act": act, "queue": name, "ids": ids}
        return render(request, "admin/processing/dead_letters_sure.html", context)
    try:
        queue = dead_letters.queue_named(name)
        if queue is None:
            raise Http404
        count = ACTS[act](queue, ids or None)
    except AWAY as error:
        messages.error(request, f"SQS did not do it: {error}")
    else:
        done = "sent to their queues again" if act == "replay" else "dropped"
        messages.success(request, f"{count} {done}.")
    return redirect("admin:processing_dead_letters")


def _dead_jobs() -> list[Job]:
    """Jobs that failed because their worker died again and again: the same for another broker."""
    died = Job.objects.filter(state=Job.State.FAILED, reason=WORKER_DIED)
    return list(died.select_related("owner").order_by("-ended_at")[:DEAD_JOBS])
