"""How programs sign in to the API: a bearer token, held to its scopes."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from mediashare.accounts.models import ApiToken, User

if TYPE_CHECKING:
    # DRF reads this module while it loads its views.
    from rest_framework.views import APIView


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer ms_…`. `request.auth` is then the ApiToken."""

    keyword = "bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = authentication.get_authorization_header(request).decode("latin-1").split()
        if len(words) != 2 or words[0].lower() != self.keyword:
            return None
        now = timezone.now()
        token = (
            ApiToken.objects.live(now)
            .for_secret(words[1])
            .select_related("owner", "device")
            .filter(owner__is_active=True)
            .first()
        )
        if token is None:
            raise exceptions.AuthenticationFailed("This token is unknown, expired or revoked.")
        token.note_use(now)
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class HasScope(permissions.IsAuthenticated):
    """A signed-in person may do what a view offers; a token only what its scopes say.

    Reading needs `read`, changing `write`; a view may name another as `required_scope`.
    """

    message = "This token was not given the scope that this request needs."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not super().has_permission(request, view):
            return False
        token: Any = request.auth
        if not isinstance(token, ApiToken):
            return True
        reading = request.method in permissions.SAFE_METHODS
        default = ApiToken.Scope.READ if reading else ApiToken.Scope.WRITE
        return getattr(view, "required_scope", default) in token.scopes
