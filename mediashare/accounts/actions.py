"""What people do with their API tokens and devices."""

from datetime import datetime

from mediashare.accounts.models import ApiToken, User

HINT_LENGTH = 4


def create_token(
    *, owner: User, name: str, scopes: list[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token and its secret, which can never be read again."""
    secret = ApiToken.new_secret()
    token = ApiToken.objects.create(
        owner=owner,
        name=name,
        scopes=scopes,
        digest=ApiToken.digest_of(secret),
        hint=secret[-HINT_LENGTH:],
        expires_at=expires_at,
    )
    return token, secret


def renew_secret(*, token: ApiToken) -> str:
    """Another secret for a token; the one before works no more."""
    secret = ApiToken.new_secret()
    ApiToken.objects.filter(pk=token.pk).update(
        digest=ApiToken.digest_of(secret), hint=secret[-HINT_LENGTH:]
    )
    return secret


def rename_token(*, token: ApiToken, name: str) -> None:
    """A device is called what its token is."""
    ApiToken.objects.filter(pk=token.pk).update(name=name)


def revoke_token(*, token: ApiToken, now: datetime) -> None:
    """The token works no more. Asking again is harmless, and the first time is kept."""
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now)
