"""When followers are told."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.server.following.rules import News, is_due
from sync.server.models import Member

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
QUIET = timedelta(minutes=10)
NEVER, AT_REST, DAILY = Member.Mail.NEVER, Member.Mail.AT_REST, Member.Mail.DAILY


def ago(minutes):
    return NOON - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("mail", "first", "last", "told", "due"),
    [
        (NEVER, 60, 60, None, False),
        (AT_REST, 11, 11, None, True),
        (AT_REST, 11, 9, None, False),  # Somebody is at it.
        (AT_REST, 10, 10, 12, True),
        (AT_REST, 59, 1, None, False),
        (AT_REST, 60, 1, None, True),  # And does not end.
        (DAILY, 11, 11, None, True),
        (DAILY, 11, 11, 23 * 60, False),
        (DAILY, 11, 11, 24 * 60, True),
        (DAILY, 11, 9, 25 * 60, False),
    ],
)
def test_mail_is_due(mail, first, last, told, due):
    news = News(mail, ago(first), ago(last), None if told is None else ago(told))

    assert is_due(news, now=NOON, quiet=QUIET) is due
