"""`manage.py prepare`: bring the database and the static files up to date, if they are not.

Looking is quick, so that it can be done at each start.
"""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Migrate the database and gather the static files when either is out of date."

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--static-only", action="store_true", help="Leave the database alone.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["static_only"]:
            self._migrate()
        self._gather_static()

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("bringing the database up to date")
            call_command("migrate", verbosity=0, interactive=False)

    def _gather_static(self) -> None:
        stamp = settings.STATIC_ROOT / ".gathered"
        found = fingerprint()
        if not stamp.exists() or stamp.read_text() != found:
            self.stdout.write("gathering static files")
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
            stamp.write_text(found)


def fingerprint() -> str:
    """What the static files were when they were looked at: names, sizes and times."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
