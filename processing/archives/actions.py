"""What others may ask of archives: one to be made, tried again, or given up."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mediashare.accounts.models import User
from mediashare.api.problems import Problem
from mediashare.aws import s3
from mediashare.aws.client import Unavailable
from processing import actions, outbox
from processing.archives import parts
from processing.archives.models import Archive
from processing.models import Job

log = structlog.get_logger(__name__)

# One person's archives under way; more would only wait for each other.
MOST_UNDER_WAY = 10
LANES = {Archive.Kind.TAKEOUT: Job.Lane.BULK}


class TooManyArchives(Problem):
    """Nothing was asked for."""

    def __init__(self) -> None:
        detail = f"{MOST_UNDER_WAY} archives are being made. Wait for one, or cancel one."
        super().__init__(409, "too-many-archives", detail)


@dataclass(frozen=True)
class Wish:
    """An archive somebody wants. Two wishes of one fingerprint are for the same bytes."""

    kind: Archive.Kind
    name: str
    contents: dict[str, object]
    fingerprint: str
    is_for_visitors: bool = False
    with_place: bool = True


@transaction.atomic
def request_archive(*, owner: User, wish: Wish) -> Archive:
    """The archive of that fingerprint, which is made if there is none. Raises TooManyArchives."""
    # Asked by two at once, it is still made once.
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    now = timezone.now()
    usable = Archive.objects.usable(now).filter(owner=owner)
    if found := usable.filter(fingerprint=wish.fingerprint).order_by("-created_at").first():
        return found
    if usable.filter(ready_at=None).count() >= MOST_UNDER_WAY:
        raise TooManyArchives
    archive = Archive(
        owner=owner,
        kind=wish.kind,
        name=wish.name,
        contents=wish.contents,
        fingerprint=wish.fingerprint,
        is_for_visitors=wish.is_for_visitors,
        with_place=wish.with_place,
        created_at=now,
        # Until it is ready, when it gets its full time; an unlucky one does not stay for ever.
        expires_at=now + timedelta(hours=settings.ARCHIVE_HOURS) * 4,
    )
    archive.job = outbox.request_job_of(
        owner,
        kind=Job.Kind.ARCHIVE,
        lane=LANES.get(wish.kind, Job.Lane.MEDIA),
        arguments={"archive": str(archive.pk)},
    )
    archive.save(force_insert=True)
    return archive


def retry_archive(*, archive: Archive) -> bool:
    """Go on with a failed archive from where it stopped. False when there is nothing to retry."""
    return actions.retry(jobs=Job.objects.filter(archives=archive)) == 1


def give_up(*, archive: Archive) -> None:
    """Stop making an archive, or delete a ready one. Asking again is harmless."""
    with transaction.atomic():
        # The worker that is at it notices within seconds.
        actions.cancel(jobs=Job.objects.filter(archives=archive))
        Archive.objects.filter(pk=archive.pk).delete()
    try:
        remove_bytes_of(archive)
    except Unavailable as error:
        # The sweep finds whatever has no row.
        log.warning("archive_not_removed_yet", archive=str(archive.pk), error=str(error))


def remove_bytes_of(archive: Archive) -> None:
    """Remove its parts and the whole from the store. Harmless when they are gone."""
    parts.drop(archive)
    s3.delete(bucket=settings.RENDITIONS_BUCKET, key=archive.key)
