"""Show how far re-processing is, and ask for more of it than newer recipes ask for by themselves.

The work is done by workers in lane `bulk`: stopping this command stops nothing but its words.
"""

import time
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from processing import anew
from processing.recipes import versions

ASK_SECONDS = 5


class Command(BaseCommand):
    help = "Make renditions and facts anew that older recipes made. Shows progress; Ctrl-C is safe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", choices=sorted(versions.KINDS), default="prepare")
        parser.add_argument(
            "--since-version",
            type=int,
            metavar="N",
            help="also what version N and those after it made; 0 for everything",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say how much it would be")
        parser.add_argument("--no-wait", action="store_true", help="ask for it and leave")

    def handle(
        self,
        *,
        kind: str,
        since_version: int | None,
        dry_run: bool,
        no_wait: bool,
        **more: object,
    ) -> None:
        if dry_run:
            return self._say_how_much(kind, since_version)
        if since_version is not None:
            marked = anew.count_as_old(kind, since_version)
            self.stdout.write(f"{marked} more will be made anew.")
        anew.begin_more()
        self._say(anew.standing(kind))
        while not no_wait and self._is_unfinished(kind):
            time.sleep(ASK_SECONDS)
            anew.begin_more()
            self._say(anew.standing(kind))
        return None

    def _say_how_much(self, kind: str, since_version: int | None) -> None:
        found = anew.standing(kind)
        more = 0 if since_version is None else anew.made_since(kind, since_version)
        self.stdout.write(
            f"{found.old} of {kind} are older than version {versions.of(kind)}, "
            f"{more} more were asked for, {found.under_way} are under way."
        )

    def _is_unfinished(self, kind: str) -> bool:
        found = anew.standing(kind)
        return bool(found.old or found.under_way)

    def _say(self, found: anew.Standing) -> None:
        self.stdout.write(
            f"{found.old} to begin, {found.under_way} under way, "
            f"{found.failed} failed and kept what they had."
        )
