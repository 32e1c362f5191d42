"""`manage.py restore_backup`: database and buckets as a backup has them, and folders up to today.

What journals in the bucket know beyond the backup is committed anew, so that no number is given
twice and clients go on.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mediashare.embedded import backups


class Command(BaseCommand):
    help = "Make database and buckets be as a backup in BACKUP_DIR has them; the newest, or NAME."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="As its files are called, without the ending.")
        parser.add_argument(
            "--over-what-is-there", action="store_true", help="The database is emptied first."
        )

    def handle(self, *args: Any, name: str | None, **options: Any) -> None:
        place = Path(settings.BACKUP_DIR)
        names = backups.names(place) if settings.BACKUP_DIR else []
        if not names:
            raise CommandError("BACKUP_DIR has no backup.")
        if not options["over_what_is_there"]:
            raise CommandError(
                f"Nothing was changed. There are {', '.join(names)}. What the database has now is "
                "lost by it: stop everything that uses it, then say --over-what-is-there."
            )
        try:
            put_back = backups.restore(place, name or names[-1])
        except backups.NoBackup as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{name or names[-1]}: {put_back} objects were put back")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("rebuild_folders", stdout=self.stdout, stderr=self.stderr)
