"""A share link as its owner sees it on a page. Changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from mediashare.sharing.models import Link


@dataclass(frozen=True)
class Door:
    """A link, its address, where it is closed, and, if it may be one of several things, to what."""

    link: Link
    url: str
    closing_url: str
    is_open: bool
    name: str = ""


def door(link: Link, *, url: str, closing_url: str, now: datetime, name: str = "") -> Door:
    """As of now."""
    return Door(link, url, closing_url, not (link.revoked_at or link.has_ended(now)), name)
