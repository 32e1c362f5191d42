"""`manage.py wait`: the process that holds clients who wait for changes, until told to stop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sync.server.waiting import composing


class Command(BaseCommand):
    help = "Hold clients of file sync that wait for changes. SIGTERM answers them all, then stops."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, required=True)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        composing.serve(host=host, port=port)
