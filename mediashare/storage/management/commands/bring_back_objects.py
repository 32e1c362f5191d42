"""`manage.py bring_back_objects`: after restoring the database, undo what was deleted since."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mediashare.storage import bringing_back


class Command(BaseCommand):
    help = "Bring back originals that the database speaks of, from the versions of the bucket."

    def handle(self, *args: Any, **options: Any) -> None:
        brought, gone = bringing_back.bring_back()
        self.stdout.write(f"{brought} brought back")
        for key in gone:
            self.stderr.write(f"gone: {key}")
        if gone:
            raise CommandError(f"{len(gone)} have no version left.")
