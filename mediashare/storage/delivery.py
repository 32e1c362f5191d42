"""The address of bytes, for pages and the API: the only place that makes one.

Addresses are the same for everyone within a window of time, so that browsers and the CDN
keep what they have; each lives for at least half a window more. Nothing here asks whether
somebody may see the bytes: callers do, before.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils import timezone
from django.utils.http import content_disposition_header

from mediashare.aws import cloudfront, presigned

# Never the type that the uploader named: no browser runs or shows this one.
SAFE_TYPE = "application/octet-stream"
# What a browser may be told that an original is, to show it. None of these can run anything: no
# HTML, and no SVG.
SHOWN_TYPES = frozenset(
    {
        *("image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp"),
        *("video/mp4", "video/webm", "video/ogg"),
        *("audio/aac", "audio/flac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav"),
        *("application/pdf", "text/plain"),
    }
)


def rendition_url(key: str, *, now: datetime | None = None) -> str:
    """Where a rendition is shown from."""
    return _url(settings.RENDITIONS_BUCKET, key, {}, now or timezone.now())


def original_url(key: str, *, name: str, now: datetime | None = None) -> str:
    """Where an original is downloaded from, under its owner's name for it. Never shown in place."""
    return _download_url(settings.ORIGINALS_BUCKET, key, name, now or timezone.now())


def shown_url(key: str, *, name: str, content_type: str, now: datetime | None = None) -> str:
    """Where an original is shown from, as what it is said to be. Raises ValueError for other types.

    It comes from the store's own address, never from the site's.
    """
    if content_type not in SHOWN_TYPES:
        raise ValueError(f"{content_type} is not shown.")
    disposition = content_disposition_header(as_attachment=False, filename=_printable(name))
    overrides = {
        "response-content-disposition": disposition or "inline",
        "response-content-type": content_type,
    }
    return _url(settings.ORIGINALS_BUCKET, key, overrides, now or timezone.now())


def made_file_url(key: str, *, name: str, now: datetime | None = None) -> str:
    """Where a file that was made to be downloaded is, as an archive. Never shown in place."""
    return _download_url(settings.RENDITIONS_BUCKET, key, name, now or timezone.now())


def window(now: datetime) -> tuple[datetime, datetime]:
    """When addresses given now are signed, and when they die."""
    length = settings.DELIVERY_WINDOW_SECONDS
    opened = datetime.fromtimestamp(int(now.timestamp()) // length * length, UTC)
    return opened, opened + timedelta(seconds=length + length // 2)


def _download_url(bucket: str, key: str, name: str, now: datetime) -> str:
    disposition = content_disposition_header(as_attachment=True, filename=_printable(name))
    overrides = {
        "response-content-disposition": disposition or "attachment",
        "response-content-type": SAFE_TYPE,
    }
    return _url(bucket, key, overrides, now)


def _printable(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable()) or "file"


def _url(bucket: str, key: str, overrides: Mapping[str, str], now: datetime) -> str:
    signed_at, expires_at = window(now)
    if settings.DELIVERY == "cloudfront":
        base = f"{settings.CLOUDFRONT_DOMAIN.rstrip('/')}/"
        query = f"?{urlencode(overrides, quote_via=quote)}" if overrides else ""
        prefix = base + key[: key.rindex("/") + 1]
        return cloudfront.signed_url(
            f"{base}{quote(key)}{query}", prefix=prefix, expires_at=expires_at
        )
    request = presigned.request_for("GET", bucket=bucket, key=key, query=overrides)
    seconds = int((expires_at - signed_at).total_seconds())
    return presigned.url(request, signed_at=signed_at, seconds=seconds)
