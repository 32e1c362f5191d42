"""An item as a page shows it: addresses of its renditions, its size and its words.

Nothing here asks the database once `of` has loaded what a whole page needs; addresses are
made only when a template reads them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Literal
from uuid import UUID
from zlib import crc32

from django.db.models import Count, Prefetch, prefetch_related_objects
from django.utils import formats, timezone

from albums.models import Item
from mediashare.storage import delivery
from processing import forecast, privacy, queries
from processing.forecast import Outlook
from processing.models import Job, Rendition, Track
from processing.recipes import versions

# A grid shows no picture wider than this; the viewer takes the largest there is.
WIDEST_IN_GRID = 1280
RATIO_STEP = 2
NARROWEST, WIDEST = 30, 400
WORDS = {"photo": "Photo", "video": "Video", "audio": "Sound", "file": "File"}


def of(
    items: Iterable[Item],
    *,
    may_download: bool = True,
    with_place: bool = True,
    is_own: bool = True,
) -> list["Picture"]:
    """Load what the pictures of a page need: one query for all, one more each for videos and
    for what is pending, and three for how long that will take.

    Owners learn how many items stand behind one in a stack and what will move soon, by one query
    more for each.
    """
    items = list(items)
    prefetch_related_objects(items, "blob__renditions")
    videos = [item for item in items if item.kind == "video"]
    # The pieces of a long film are many, and no page reads them.
    tracks = Prefetch("blob__tracks", Track.objects.defer("segments"))
    prefetch_related_objects(videos, tracks)
    pending = [item for item in items if item.state == Item.State.PROCESSING]
    prefetch_related_objects(pending, queries.jobs_of_many("blob__jobs"))
    shown = {item.pk: list(queries.shown(item.blob.jobs.all())) for item in pending}
    looks = forecast.outlooks(shown, now=timezone.now())
    if may_download and not with_place:
        prefetch_related_objects(items, "blob__media_info")
    behind = _behind(items) if is_own else {}
    moving = queries.still_to_move(item.blob for item in items) if is_own else set()
    return [
        Picture(
            item,
            may_download=may_download,
            with_place=with_place,
            outlook=looks.get(item.pk, forecast.DONE),
            behind_count=behind.get(item.pk, 0),
            will_move=item.blob_id in moving,
        )
        for item in items
    ]


def _behind(items: list[Item]) -> dict[UUID | None, int]:
    """How many stand behind each, for those that have any there."""
    stacked = Item.objects.kept().filter(behind__in=items).order_by()
    return dict(stacked.values_list("behind").annotate(Count("pk")))


@dataclass(frozen=True)
class Picture:
    """Make these with `of`, or each will ask the database for itself."""

    item: Item
    may_download: bool = True
    outlook: Outlook = forecast.DONE
    with_place: bool = True
    behind_count: int = 0
    # Whether something that moves is being made, for which the picture itself does not wait.
    will_move: bool = False

    @property
    def stack_size(self) -> int:
        """How many items this one stands for, itself among them; 0 for one without a stack."""
        return self.behind_count and self.behind_count + 1

    @property
    def is_pending(self) -> bool:
        return self.item.state == Item.State.PROCESSING

    @property
    def is_unfinished(self) -> bool:
        """Whether a page that shows it will have something else to show before long."""
        return self.is_pending or self.will_move

    @property
    def is_failed(self) -> bool:
        return self.item.state == Item.State.FAILED

    @property
    def is_video(self) -> bool:
        return self.item.kind == "video"

    @property
    def is_audio(self) -> bool:
        return self.item.kind == "audio"

    @property
    def has_image(self) -> bool:
        return bool(self._images)

    @property
    def is_small(self) -> bool:
        """Whether a tile may be larger than this photo."""
        return not self.is_video and len(self._images) == 1

    @property
    def progress(self) -> int:
        """Percent done of what is pending."""
        return self.outlook.percent if self.is_pending else 100

    @property
    def time_left(self) -> str:
        """When what is pending will be done, in words; empty when nobody can know."""
        return self.outlook.words

    @property
    def pending_mark(self) -> str:
        """Differs when a page would say something else of what is unfinished."""
        return f"{self.progress}.{crc32(self.time_left.encode()) % 1000}"

    @cached_property
    def src(self) -> str:
        """The smallest rendition that looks right in a grid; empty when there is none yet."""
        wide_enough = [image for image in self._images if image.width >= WIDEST_IN_GRID // 2]
        chosen = (wide_enough or self._images[-1:])[:1]
        return self._address(chosen[0]) if chosen else ""

    @cached_property
    def thumbnail_src(self) -> str:
        """The smallest rendition there is; empty when there is none yet."""
        return self._address(self._images[0]) if self._images else ""

    @cached_property
    def srcset(self) -> str:
        """Renditions for a grid, by width."""
        return self._srcset(image for image in self._images if image.width <= WIDEST_IN_GRID)

    @cached_property
    def full_srcset(self) -> str:
        """All renditions, for a viewer that fills the screen."""
        return self._srcset(self._images)

    @cached_property
    def full_src(self) -> str:
        """The largest rendition; empty when there is none yet."""
        return self._address(self._images[-1]) if self._images else ""

    @property
    def full_width(self) -> int:
        return self._images[-1].width if self._images else 0

    @property
    def full_height(self) -> int:
        return self._images[-1].height if self._images else 0

    @property
    def width(self) -> int:
        """Pixels of the original, upright, or of a sound's cover; 0 until known."""
        return self.full_width if self.is_audio else self.item.width

    @property
    def height(self) -> int:
        return self.full_height if self.is_audio else self.item.height

    @property
    def ratio(self) -> int:
        """Width in percent of height, in steps of 2 from 30 to 400; a square until known."""
        if not (self.width and self.height):
            return 100
        nearest = round(100 * self.width / self.height / RATIO_STEP) * RATIO_STEP
        return max(NARROWEST, min(WIDEST, nearest))

    @property
    def ratio_class(self) -> str:
        """A class name, since the site's policy allows no style attributes."""
        return f"ratio-{self.ratio}"

    @property
    def thumbhash(self) -> str:
        return self.item.thumbhash

    @cached_property
    def has_stream(self) -> bool:
        """Whether there is a playlist with pictures; larger ones may follow."""
        return self.is_video and any(track.width for track in self.item.blob.tracks.all())

    @property
    def has_storyboard(self) -> bool:
        return bool(self._made(Rendition.Role.STORYBOARD))

    @cached_property
    def preview_url(self) -> str:
        """A few seconds that move, for a tile; empty until they are made."""
        previews = self._made(Rendition.Role.PREVIEW)
        return self._address(previews[0]) if previews else ""

    @cached_property
    def motion_url(self) -> str:
        """What moves in a photo; empty when nothing does, or until it is made."""
        return self._address(self._motions[0]) if self._motions else ""

    @cached_property
    def sound(self) -> Rendition | None:
        """The sound file that plays everywhere; None until it is made."""
        return next(iter(self._made(Rendition.Role.AUDIO)), None)

    @property
    def sound_url(self) -> str:
        return self._address(self.sound) if self.sound else ""

    @property
    def is_animation(self) -> bool:
        """Whether it moves without end and sound, not once and when asked."""
        return any(motion.recipe == "animation" for motion in self._motions)

    @property
    def duration_text(self) -> str:
        """As 1:05 or 1:02:03; empty for what has no duration."""
        if self.item.duration_seconds is None:
            return ""
        whole = str(timedelta(seconds=round(self.item.duration_seconds)))
        return whole.removeprefix("0:").removeprefix("0")

    @property
    def alt(self) -> str:
        """What a screen reader says: kind, day and name."""
        day = formats.date_format(self.item.clock, "j F Y")
        return f"{WORDS[self.item.kind]} of {day}, {self.item.name}"

    @cached_property
    def download_url(self) -> str:
        """The original under the item's name; empty where it may not be had.

        Without its place for whom that is not meant; empty while there is no such copy.
        """
        if not self.may_download:
            return ""
        if self.with_place or self._privacy == "plain":
            return delivery.original_url(self.item.blob.key, name=self.item.name)
        if self._privacy != "hidden":
            return ""
        for copy in self._made(Rendition.Role.COPY):
            # One that was made when less was known may still say where it was taken.
            if copy.version == versions.HIDING:
                return delivery.made_file_url(copy.key, name=self.item.name)
        return ""

    @property
    def copy_state(self) -> Literal["", "absent", "making", "closed", "failed"]:
        """How far the copy without place is, where one is needed. Asks for the blob's jobs."""
        if not self.may_download or self.download_url:
            return ""
        if self._privacy == "closed":
            return "closed"
        for job in self.item.blob.jobs.all():
            if job.kind == Job.Kind.STRIP and job.state != Job.State.DONE:
                under_way = job.state in {Job.State.WAITING, Job.State.RUNNING}
                return "making" if under_way else "failed"
        return "absent"

    @property
    def _privacy(self) -> privacy.State:
        return privacy.state_of(getattr(self.item.blob, "media_info", None))

    @cached_property
    def _motions(self) -> list[Rendition]:
        return self._made(Rendition.Role.MOTION)

    @cached_property
    def _images(self) -> list[Rendition]:
        return self._made(Rendition.Role.IMAGE)

    def _made(self, role: Rendition.Role) -> list[Rendition]:
        made = [made for made in self.item.blob.renditions.all() if made.role == role]
        return sorted(made, key=lambda rendition: rendition.width)

    def _srcset(self, images: Iterable[Rendition]) -> str:
        return ", ".join(f"{self._address(image)} {image.width}w" for image in images)

    @cached_property
    def _addresses(self) -> dict[str, str]:
        return {}

    def _address(self, rendition: Rendition) -> str:
        """Signed once, though a tile names most renditions twice."""
        if rendition.key not in self._addresses:
            self._addresses[rendition.key] = delivery.rendition_url(rendition.key)
        return self._addresses[rendition.key]
