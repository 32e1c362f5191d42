"""Logs tell what went wrong, and no secrets."""

import os
import subprocess
import sys

import pytest

from mediashare.logs import hide_keys

PROGRAM = """
import logging
import django
django.setup()

def sign_in(password):
    raise ValueError("no such person")

try:
    sign_in("correct" + " horse")
except ValueError:
    logging.getLogger("test").exception("sign_in_failed")
"""


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_a_traceback_in_the_log_shows_no_local_variables(log_format):
    env = {**os.environ, "LOG_FORMAT": log_format, "DJANGO_SETTINGS_MODULE": "mediashare.settings"}

    logged = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, check=True
    ).stderr

    assert "sign_in_failed" in logged
    assert "no such person" in logged
    assert "correct horse" not in logged


@pytest.mark.parametrize(
    ("address", "logged"),
    [
        ("GET /s/AbC-_9/items/1/", "GET /s/…/items/1/"),
        ("Forbidden: /s/AbC-_9/password/", "Forbidden: /s/…/password/"),
        ("GET /account/login/?next=%2Fs%2FAbC-_9%2F", "GET /account/login/?next=%2Fs%2F…%2F"),
        ("GET /account/password/reset/key/1-abc-def/", "GET /account/password/reset/key/…/"),
        ("GET /account/confirm-email/MQ:1abc:xyz/", "GET /account/confirm-email/…/"),
        ("GET /static/css/base.css", "GET /static/css/base.css"),
    ],
)
def test_an_address_in_the_log_does_not_hold_its_key(address, logged):
    assert hide_keys(None, "info", {"request": address, "code": 200}) == {
        "request": logged,
        "code": 200,
    }


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_what_is_logged_goes_past_that_rule(log_format):
    env = {**os.environ, "LOG_FORMAT": log_format, "DJANGO_SETTINGS_MODULE": "mediashare.settings"}
    program = """
import logging
import django
import structlog
django.setup()
logging.getLogger("django.request").warning("%s: %s", "Gone", "/s/AbC-_9/")
structlog.get_logger("django_structlog").warning("request_started", request="GET /s/AbC-_9/")
"""

    logged = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    ).stderr

    assert "Gone" in logged
    assert "request_started" in logged
    assert "AbC" not in logged
