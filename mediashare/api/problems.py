"""Errors as problem details, RFC 9457: `application/problem+json`.

https://www.rfc-editor.org/rfc/rfc9457
"""

from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from mediashare.aws.client import Unavailable

# Seconds after which it is worth asking again when the store did not answer.
STORE_PATIENCE = 5
CONTENT_TYPE = "application/problem+json"

log = structlog.get_logger(__name__)


class Problem(exceptions.APIException):
    """An expected refusal with a type of its own that programs can tell apart.

    `kind` becomes the last part of the problem's `type`; `extra` its extension members.
    """

    def __init__(self, status: int, kind: str, detail: str, **extra: Any) -> None:
        super().__init__(detail, code=kind)
        self.status_code = status
        self.kind = kind
        self.extra = extra


class StoreUnavailable(Problem):
    """S3 or STS did not answer. Nothing was changed by this request, or it may be repeated."""

    wait = STORE_PATIENCE

    def __init__(self) -> None:
        detail = "The file store does not answer just now. Try again in some seconds."
        super().__init__(503, "store-unavailable", detail)


class BodyTooLarge(Problem):
    def __init__(self) -> None:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        detail = f"A request may have at most {limit} bytes. Files are sent to the store itself."
        super().__init__(413, "body-too-large", detail, limit_bytes=limit)


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler; answers None, a 500, for what nobody expected."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, RequestDataTooBig):
        error = BodyTooLarge()
    elif isinstance(error, Unavailable):
        log.warning("store_unavailable", error=str(error))
        error = StoreUnavailable()
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    response.data = describe(error, status=response.status_code)
    response.content_type = CONTENT_TYPE
    return response


def describe(error: exceptions.APIException, *, status: int) -> dict[str, Any]:
    """The problem object of an exception. Field errors are listed with JSON pointers."""
    problem: dict[str, Any] = {"status": status, "title": HTTPStatus(status).phrase}
    if isinstance(error, Problem):
        return {"type": f"/problems/{error.kind}", **problem, "detail": str(error.detail)} | (
            error.extra
        )
    if isinstance(error, exceptions.ValidationError):
        errors = list(_field_errors(error.detail, pointer="#"))
        return {
            "type": "/problems/invalid",
            **problem,
            "detail": "Some of what was sent cannot be used; `errors` says what.",
            "errors": errors,
        }
    return {
        "type": f"/problems/{error.get_codes()}".replace("_", "-"),
        **problem,
        "detail": str(error.detail),
    }


def _field_errors(detail: Any, *, pointer: str) -> Any:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            inside = pointer if name == "non_field_errors" else f"{pointer}/{name}"
            yield from _field_errors(inner, pointer=inside)
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from _field_errors(inner, pointer=f"{pointer}/{place}" if nested else pointer)
    else:
        yield {"pointer": pointer, "detail": str(detail)}
