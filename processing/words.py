"""What jobs do and what cancelling them means, in words for people. One line for each kind."""

from typing import NamedTuple

from processing.models import Job


class Words(NamedTuple):
    """`doing` stands beside a progress bar; `cancelled` says what is left when it is cancelled."""

    doing: str
    cancelled: str


VIDEO_STAYS = "The video stays and can be downloaded; what can be played of it already stays too."
KINDS: dict[str, Words] = {
    Job.Kind.PREPARE: Words(
        "Making pictures", "The file stays and can be downloaded; there are no pictures of it."
    ),
    Job.Kind.MOTION: Words(
        "Making the photo move", "The photo stays as it is; it does not move when it is shown."
    ),
    Job.Kind.PREVIEWS: Words("Making previews of the video", VIDEO_STAYS),
    Job.Kind.SEGMENT: Words("Making the video playable", VIDEO_STAYS),
    Job.Kind.AUDIO: Words("Making the sound playable", VIDEO_STAYS),
    Job.Kind.RECORDING: Words(
        "Making the sound playable",
        "The file stays and can be downloaded; it cannot be played here.",
    ),
    Job.Kind.VERIFY: Words(
        "Checking every byte", "The file stays; whether it arrived whole was not checked."
    ),
    Job.Kind.STRIP: Words(
        "Making a copy without the place",
        "The file stays; the copy without its place is not made, and is not shared.",
    ),
    Job.Kind.ARCHIVE: Words(
        "Packing a ZIP", "The ZIP is not made. What would have been in it stays where it is."
    ),
    Job.Kind.FILM: Words(
        "Making a film", "The film is not made. What would have been in it stays where it is."
    ),
}
