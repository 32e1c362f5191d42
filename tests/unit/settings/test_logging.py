"""Logs tell what went wrong, and no secrets."""

import os
import subprocess
import sys

import pytest

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
