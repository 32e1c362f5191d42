"""When it is time to tell a follower what was changed. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.server.models import Member

DAY = timedelta(days=1)
# Of a folder that never comes to rest it is told after so many quiet periods.
MOST_PERIODS = 6


@dataclass(frozen=True)
class News:
    """What is known of changes that somebody was not told of.

    `first_at` is when the first of them was made, `last_at` when somebody last began one.
    """

    mail: Member.Mail
    first_at: datetime
    last_at: datetime
    told_at: datetime | None


def is_quiet(last_at: datetime, *, now: datetime, quiet: timedelta) -> bool:
    """Whether nobody has begun a change for so long that all that were begun are done."""
    return now - last_at >= quiet


def is_due(news: News, *, now: datetime, quiet: timedelta) -> bool:
    """Once things have come to rest, or have gone on for long; and for some, once a day at most."""
    if news.mail == Member.Mail.NEVER:
        return False
    if news.mail == Member.Mail.DAILY and news.told_at and now - news.told_at < DAY:
        return False
    return is_quiet(news.last_at, now=now, quiet=quiet) or (
        now - news.first_at >= quiet * MOST_PERIODS
    )
