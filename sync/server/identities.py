"""Identities of entries in addresses of pages. Asks no journal."""

from django.urls import register_converter


class IdentityConverter:
    """Thirty-two hex digits. No other word in an address is taken for an entry."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def register() -> None:
    """Let routes say `<entry:entry>`."""
    register_converter(IdentityConverter, "entry")
