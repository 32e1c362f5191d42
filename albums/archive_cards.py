"""An archive as a page shows it: how far it is, in numbers and words."""

from dataclasses import dataclass
from datetime import datetime

from processing.archives.models import Archive
from processing.recipes import estimates


@dataclass(frozen=True)
class ArchiveCard:
    """Nothing here asks the database, if the archive came with its job."""

    archive: Archive
    now: datetime

    @property
    def state(self) -> str:
        return self.archive.state

    @property
    def percent(self) -> int:
        return self.archive.percent

    @property
    def time_left(self) -> str:
        """As "about 5 minutes left"; empty while nobody can know."""
        return estimates.left_in_words(self.archive.seconds_left(self.now))
