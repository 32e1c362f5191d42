"""Publish figures and ask for workers, again and again, until it is stopped.

A process of its own: as a task it would wait behind the very backlog that it is to tell of, and
the workers, who open strangers' files, would have to be allowed what it does.
"""

import time
from argparse import ArgumentParser
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils import timezone

from mediashare.aws.client import NotFound, Refused, Rejected, Unavailable
from processing import publishing, steering

log = structlog.get_logger(__name__)

EVERY_SECONDS = 30
# What passes, or is mended elsewhere while this goes on.
TROUBLE = (DatabaseError, NotFound, Refused, Rejected, Unavailable)


class Command(BaseCommand):
    help = "Publish figures to CloudWatch and ask EC2 for workers, twice a minute."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="once, and trouble is an error")

    def handle(self, *, once: bool, **more: object) -> None:
        helms = steering.helms()
        acts = (_publish, lambda: _steer(helms))
        if once:
            for act in acts:
                act()
            return
        while True:
            began = time.monotonic()
            for act in acts:
                _despite_trouble(act)
            close_old_connections()
            time.sleep(max(0.0, EVERY_SECONDS - (time.monotonic() - began)))


def _publish() -> None:
    if settings.CLOUDWATCH_NAMESPACE:
        publishing.to_cloudwatch(now=timezone.now())


def _steer(helms: steering.Helms) -> None:
    steering.steer(helms, now=timezone.now())


def _despite_trouble(act: Callable[[], None]) -> None:
    """Each act has its turn, whatever has become of the other."""
    try:
        act()
    except TROUBLE as error:
        log.error("not_steered", error=str(error))
