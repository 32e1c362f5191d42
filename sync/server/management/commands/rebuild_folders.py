"""`manage.py rebuild_folders`: make folders again that the database has lost, in whole or since a
backup, from the bucket."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sync.server import rebuilding


class Command(BaseCommand):
    help = "Make folders again from the bucket: these, or all, as far as it knows them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folders", nargs="*", type=UUID, metavar="FOLDER")

    def handle(self, *args: Any, folders: list[UUID], **options: Any) -> None:
        failed = 0
        for folder_id in folders or rebuilding.in_bucket():
            try:
                made = rebuilding.rebuild(folder_id, now=timezone.now())
            except rebuilding.CannotRebuild as error:
                self.stderr.write(f"{folder_id}: {error}")
                failed += 1
                continue
            self.stdout.write(f"{folder_id}: {made.folder.name}, {made.changes} changes")
            for sha256 in made.missing:
                self.stdout.write(f"  not in the bucket: {sha256}")
        if failed:
            raise CommandError(f"{failed} could not be made.")
