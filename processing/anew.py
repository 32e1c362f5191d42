"""Make anew what older recipes made, a little at a time and where nobody waits.

The rows are the progress: whatever stops in between goes on from there. What was made before
is shown until it is replaced, and stays when making it anew fails.
"""

from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from processing import many
from processing.models import Job, JobQuerySet, Ladder
from processing.recipes import versions

# So many wait at once, that the line stays short and a new wish of the desk is soon at its head.
OUTSTANDING = 2000
MARKED_AT_ONCE = 1000
ENDED = [Job.State.DONE, Job.State.FAILED]


class Standing(NamedTuple):
    """How far it is: rows still to begin with, rows under way, and rows that failed this time."""

    old: int
    under_way: int
    failed: int


def begin_more() -> int:
    """Let the next of what is old be made anew; how many. Harmless as often as it is asked."""
    begun = 0
    for kind in versions.KINDS:
        begun += many.change(_old(kind), many.begin_anew, most=OUTSTANDING - _under_way_at_most())
    return begun


def standing(kind: str) -> Standing:
    of_kind = Job.objects.filter(kind=kind)
    failed = of_kind.filter(state=Job.State.FAILED, standing=Job.State.DONE)
    return Standing(
        old=_old(kind).count(),
        under_way=of_kind.unfinished().exclude(standing="").count(),
        failed=failed.filter(version=versions.of(kind)).count(),
    )


def made_since(kind: str, version: int) -> int:
    """How many outcomes a version and those after it have."""
    return _made_since(kind, version).count()


def count_as_old(kind: str, version: int) -> int:
    """Have what this version and those after it made be made anew, and all that follows from it;
    how many."""
    marked = 0
    while ids := list(_made_since(kind, version).values_list("pk", flat=True)[:MARKED_AT_ONCE]):
        marked += _count_these_as_old(ids)
    return marked


@transaction.atomic
def _count_these_as_old(ids: list[UUID]) -> int:
    chosen = Job.objects.filter(pk__in=ids)
    following = Job.objects.filter(blob__in=chosen.values("blob"), kind__in=versions.FOLLOWING)
    following.filter(state__in=ENDED).update(version=0)
    Ladder.objects.filter(blob__in=chosen.values("blob")).update(is_old=True)
    return chosen.update(version=0)


def _ended(kind: str) -> JobQuerySet:
    return Job.objects.filter(kind=kind, state__in=ENDED)


def _old(kind: str) -> JobQuerySet:
    """Outcomes of older versions: what was made, and what was refused and may be understood now."""
    return _ended(kind).filter(version__lt=versions.of(kind), blob__doomed_at=None)


def _made_since(kind: str, version: int) -> JobQuerySet:
    return _ended(kind).filter(version__gte=max(1, version), version__lte=versions.of(kind))


def _under_way_at_most() -> int:
    unfinished = Job.objects.unfinished().filter(~Q(standing=""), lane=Job.Lane.BULK)
    return unfinished[:OUTSTANDING].count()
