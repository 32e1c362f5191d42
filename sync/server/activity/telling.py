"""Activity as sentences, for pages and mails. Asks nothing of the database."""

from dataclasses import dataclass
from datetime import datetime

from sync.protocol.messages import Identity
from sync.server.activity import words
from sync.server.activity.deeds import Run
from sync.server.activity.reading import Activity, Names
from sync.server.browsing import EPOCH, moment
from sync.server.models import FolderEvent

ON_THE_SITE = "on the website"


@dataclass(frozen=True)
class Sentence:
    """`who` `what`, `preposition` a place if there is one, by what means.

    What has an identity here can be opened.
    """

    who: str
    what: str
    at: datetime
    means: str = ""
    preposition: str = ""
    place: Identity = ""
    place_name: str = ""
    entry: Identity = ""

    def __str__(self) -> str:
        where = f" {self.preposition} “{self.place_name}”" if self.place_name else ""
        return f"{self.who} {self.what}{where}"


def sentences(activity: Activity, *, told_to_owner: bool) -> list[Sentence]:
    """Runs and events among each other, the latest first."""
    said = [of_run(run, activity.names) for run in activity.runs]
    said += [of_event(event, told_to_owner=told_to_owner) for event in activity.events]
    return sorted(said, key=lambda each: each.at, reverse=True)


def of_run(run: Run, names: Names) -> Sentence:
    """A single thing that is there can be opened itself, several by the place they are in."""
    deed = run.last
    place = deed.place if run.places == 1 else ""
    is_one = run.count == 1 and names.can_open(deed.entry)
    return Sentence(
        who=words.in_line(deed.author.name),
        what=words.of_run(run),
        at=moment(deed.at_ms) or EPOCH,
        means=_means(deed.author.device, names),
        preposition=words.preposition(run),
        place=place if names.can_open(place) else "",
        place_name=words.in_line(names.of(place)),
        entry=deed.entry if is_one else "",
    )


def of_event(event: FolderEvent, *, told_to_owner: bool) -> Sentence:
    return Sentence(event.actor_name, words.of_event(event, told_to_owner=told_to_owner), event.at)


def _means(device: str, names: Names) -> str:
    """Empty for a device that is known no more."""
    if not device:
        return ON_THE_SITE
    return f"with {words.in_line(names.devices[device])}" if device in names.devices else ""
