"""`manage.py back_up`: a backup of one server into BACKUP_DIR, while everything goes on."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mediashare.embedded import backups


class Command(BaseCommand):
    help = "Make a backup in BACKUP_DIR: the database, and what is new in the buckets."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.BACKUP_DIR:
            raise CommandError("BACKUP_DIR does not say where backups go.")
        try:
            name = backups.back_up(Path(settings.BACKUP_DIR), now=timezone.now())
        except backups.NoBackup as error:
            raise CommandError(str(error)) from error
        self.stdout.write(name)
