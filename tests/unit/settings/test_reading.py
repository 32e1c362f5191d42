"""A setting that cannot be used stops the start with a sentence that says what to write."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from mediashare import settings


def test_an_empty_number_is_its_default(monkeypatch):
    monkeypatch.setenv("TRASH_DAYS", "")

    assert settings.number("TRASH_DAYS", 30) == 30


def test_what_is_no_number_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("TRASH_DAYS", "a month")

    with pytest.raises(ImproperlyConfigured, match=r"TRASH_DAYS='a month' .* as TRASH_DAYS=30"):
        settings.number("TRASH_DAYS", 30)


@pytest.mark.parametrize("days", ["6", "41"])
def test_a_number_out_of_its_range_is_refused(monkeypatch, days):
    monkeypatch.setenv("TRASH_DAYS", days)

    with pytest.raises(ImproperlyConfigured, match="between 7 and 40"):
        settings.number("TRASH_DAYS", 30, least=7, most=40)


@pytest.mark.parametrize("days", ["7", "40"])
def test_the_ends_of_a_range_are_in_it(monkeypatch, days):
    monkeypatch.setenv("TRASH_DAYS", days)

    assert settings.number("TRASH_DAYS", 30, least=7, most=40) == int(days)


def test_credentials_that_outlive_an_hour_stop_the_start():
    env = {**os.environ, "UPLOAD_CREDENTIALS_SECONDS": "7200"}

    start = subprocess.run(
        [sys.executable, "-c", "import mediashare.settings"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert start.returncode != 0
    assert "UPLOAD_CREDENTIALS_SECONDS=7200 must be between 900 and 3600" in start.stderr
