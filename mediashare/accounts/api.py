"""The person behind a token, in the API."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mediashare.accounts.models import User


# drf-spectacular registers subclasses in an untyped hook.
class TokenDescription(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the API's description speaks of tokens."""

    target_class = "mediashare.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from Account, Tokens; it may do what its scopes say.",
        }


class PersonAnswer(serializers.ModelSerializer[User]):
    used_bytes = serializers.IntegerField()
    reserved_bytes = serializers.IntegerField(help_text="Promised to uploads under way.")
    quota_bytes = serializers.IntegerField(source="quota")
    free_bytes = serializers.IntegerField()

    class Meta:
        model = User
        fields = [
            "id",
            "email",
            "name",
            "used_bytes",
            "reserved_bytes",
            "quota_bytes",
            "free_bytes",
        ]


class Me(APIView):
    throttle_scope = "api"

    @extend_schema(responses=PersonAnswer)
    def get(self, request: Request) -> Response:
        """Who you are, and how much room is left."""
        person: Any = request.user
        return Response(PersonAnswer(person).data)
