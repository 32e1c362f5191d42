"""Sessions end, and what is over leaves nothing behind."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from mediashare.accounts import tasks


@pytest.mark.django_db
def test_sessions_that_are_over_are_forgotten():
    now = timezone.now()
    Session.objects.create(session_key="over", expire_date=now - timedelta(seconds=1))
    Session.objects.create(session_key="alive", expire_date=now + timedelta(days=1))

    tasks.forget_sessions()

    assert [session.session_key for session in Session.objects.all()] == ["alive"]
