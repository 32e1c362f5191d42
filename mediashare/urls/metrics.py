"""The figures of the processing tier at `/metrics`, for Prometheus. In every role.

Only for whoever has the token: the figures tell how busy the site is. Without a token in the
settings there is no such page.
"""

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_GET

from processing import metrics, publishing

# However often it is asked, and by however many, the database is asked once in so long.
KEPT_SECONDS = 5


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not constant_time_compare(given, settings.METRICS_TOKEN):
        headers = {"WWW-Authenticate": "Bearer"}
        return HttpResponse("who asks?\n", status=401, headers=headers, content_type="text/plain")
    text = cache.get_or_set("metrics", _measure, timeout=KEPT_SECONDS)
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _measure() -> str:
    return publishing.as_text(metrics.gauges(timezone.now()))


urlpatterns = [path("metrics", show, name="metrics")]
