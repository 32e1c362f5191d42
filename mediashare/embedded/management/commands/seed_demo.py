"""`manage.py seed_demo`: the demo account with its album, and the admin's account."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from mediashare.embedded import home as homes
from mediashare.embedded import seeding
from mediashare.embedded.home import Home


class Command(BaseCommand):
    help = "Fill a new site with the demo; what is there already is left alone."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("making the demo album")
        secrets = homes.recall(Home.usual()).secrets
        seeding.seed(admin_password=secrets["admin_password"], now=timezone.now())
