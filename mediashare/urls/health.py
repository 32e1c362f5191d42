"""Whether this process lives, and whether what it needs answers. In every role.

A load balancer asks `/readyz`; a supervisor that may restart the process asks
`/healthz`, which must not fail because the database is away. Neither says why:
strangers may ask, and the reason is in the log.
"""

import structlog
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        cache.set("readyz", "yes", timeout=5)
    except (DatabaseError, RedisError) as error:
        log.warning("not_ready", reason=str(error))
        return HttpResponse("not ready\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


urlpatterns = [path("healthz", alive, name="alive"), path("readyz", ready, name="ready")]
