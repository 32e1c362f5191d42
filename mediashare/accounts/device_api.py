"""How computers ask to be let in, over HTTP: the OAuth 2.0 device authorization grant.

Requests are forms and refusals of tokens are `{"error": …}`, as RFC 8628 and RFC 6749 have it, so
that any OAuth library can sign in; the rest speaks as the API does. Pages for people are elsewhere.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from mediashare.accounts import actions, linking
from mediashare.accounts.authentication import TokenAuthentication
from mediashare.accounts.models import ApiToken, Device, DeviceRequest
from mediashare.api.parsing import BoundedFormParser

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
# Its own address, since processes that serve computers alone have no pages to look it up among.
LINK_PAGE = "/account/devices/link/"
# Answers hold codes and secrets.
PRIVATE = {"Cache-Control": "no-store"}


class AskingForm(serializers.Serializer[Any]):
    client_id = serializers.CharField(max_length=100)
    device_name = serializers.CharField(max_length=100)
    platform = serializers.CharField(max_length=100, required=False, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A person is to read these, so nothing in them may hide or turn what is around it."""
        if not all(str(value).isprintable() for value in attrs.values()):
            raise serializers.ValidationError("Only what can be printed may be in a name.")
        return attrs


class AskingEndpoint(APIView):
    """What computers may ask that have no token yet. Limits are counted for each address."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (BoundedFormParser,)
    throttle_scope = "devices"


class DeviceAuthorization(AskingEndpoint):
    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        """Begin: two codes, and where a person types the short one. RFC 8628, section 3.2."""
        form = AskingForm(data=request.data)
        if not form.is_valid():
            return _error("invalid_request", _first(form.errors))
        codes = linking.ask(
            name=form.validated_data["device_name"],
            platform=form.validated_data["platform"],
            address=BaseThrottle().get_ident(request) or None,
            now=timezone.now(),
        )
        page = settings.SITE_URL + LINK_PAGE
        answer = {
            "device_code": codes.device_code,
            "user_code": codes.user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?code={codes.user_code}",
            "expires_in": _seconds(DeviceRequest.LIFETIME),
            "interval": _seconds(DeviceRequest.INTERVAL),
        }
        return Response(answer, headers=PRIVATE)


class DeviceToken(AskingEndpoint):
    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        """Ask whether somebody has answered. RFC 8628, sections 3.4 and 3.5."""
        form: Any = request.data
        if form.get("grant_type") != GRANT_TYPE:
            return _error("unsupported_grant_type", f"The grant_type here is {GRANT_TYPE}.")
        if not (code := form.get("device_code")):
            return _error("invalid_request", "A device_code is missing.")
        try:
            device, secret = linking.redeem(device_code=code, now=timezone.now())
        except linking.NotLetIn as refusal:
            return _error(refusal.error, str(refusal))
        answer = {
            "access_token": secret,
            "token_type": "Bearer",
            "scope": ApiToken.Scope.SYNC,
            "device": describe(device),
        }
        return Response(answer, headers=PRIVATE)


class OwnDevice(APIView):
    """The device whose token is sent."""

    authentication_classes = (TokenAuthentication,)
    required_scope = ApiToken.Scope.SYNC
    throttle_scope = "api"

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """Which device this is, and whose."""
        return Response(describe(_device_of(request)))

    @extend_schema(exclude=True)
    def delete(self, request: Request) -> Response:
        """Sign out: the token works no more."""
        actions.revoke_token(token=_device_of(request).token, now=timezone.now())
        return Response(status=204)


def describe(device: Device) -> dict[str, Any]:
    owner = device.token.owner
    return {
        "id": str(device.pk),
        "name": device.token.name,
        "email": owner.email,
        "person": owner.display_name,
    }


def _device_of(request: Request) -> Device:
    token: Any = request.auth
    device: Device = token.device
    return device


def _error(kind: str, description: str) -> Response:
    """RFC 6749, section 5.2."""
    body = {"error": kind, "error_description": description}
    return Response(body, status=400, headers=PRIVATE)


def _first(errors: Any) -> str:
    """One sentence of what a form found wrong."""
    name, found = next(iter(errors.items()))
    return str(found[0]) if name == "non_field_errors" else f"{name}: {found[0]}"


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())
