"""Compare photos that are new with all that their owner has, and put those alike into groups.

All of a person's hashes are read at once, 24 bytes each, and compared by numpy: for 100,000
photos that costs a tenth of a second, and less than a millisecond for each new one
(docs/decisions/0025-similar-pictures.md). Photos in the trash are compared too, so that a group
is there again when they come back; of a stack the one in front stands for all.
"""

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from albums.similar import likeness, turns
from albums.similar.grouping import Groups, Pair
from albums.similar.models import Distinction, Look, SimilarGroup

AT_ONCE = 500
# Of ten thousand frames of one scene, each needs to meet only so many.
NEAREST = 50


def compare_all_new() -> int:
    """Compare what waits of everybody, until nothing does; how many photos."""
    compared = 0
    waiting = Look.objects.filter(is_compared=False).order_by()
    for owner_id in waiting.values_list("owner", flat=True).distinct():
        while done := compare_some(owner_id):
            compared += done
    return compared


@transaction.atomic
def compare_some(owner_id: UUID) -> int:
    """Compare up to AT_ONCE photos of one person; how many. None while somebody else is at it."""
    if not turns.try_to_take(owner_id):
        return 0
    waiting = Look.objects.filter(owner=owner_id, is_compared=False)
    # Locked, so that one which is processed again meanwhile is compared again.
    looks = list(waiting.select_for_update(skip_locked=True)[:AT_ONCE])
    if looks:
        _bring_together(owner_id, looks)
        Look.objects.filter(pk__in=[look.pk for look in looks]).update(is_compared=True)
    return len(looks)


def _bring_together(owner_id: UUID, looks: list[Look]) -> None:
    everything = _all_of(owner_id)
    near = {look.pk: everything.nearest(look.phash) for look in looks}
    known = _known({*near, *chain.from_iterable(near.values())})
    group_of = _group_of({photo.front for photo in known.values()})
    groups = Groups(group_of, _apart({*known, *group_of}))
    for item, others in near.items():
        # What was deleted since, or stands behind another, is not asked about.
        if item in known and known[item].front == item:
            alike = [known[other] for other in others if other in known]
            groups.bring_in(
                item,
                [one.front for one in alike if likeness.are_alike(known[item].seen, one.seen)],
            )
    _write_down(owner_id, before=group_of, after=groups.group_of)


class _Everything(NamedTuple):
    """The hashes of all photos of a person, and whose they are."""

    ids: bytes
    hashes: NDArray[np.uint64]

    def nearest(self, phash: int) -> list[UUID]:
        """Photos that may be like one with this hash, nearest first; that one itself among them."""
        apart = np.bitwise_count(self.hashes ^ np.uint64(phash % 2**64))
        found = np.flatnonzero(apart <= likeness.LIKELY)
        nearest = found[np.argsort(apart[found], kind="stable")][:NEAREST]
        return [UUID(bytes=self.ids[16 * place : 16 * place + 16]) for place in nearest.tolist()]


def _all_of(owner_id: UUID) -> _Everything:
    # As two long strings: a hundred thousand rows would take ten times as long.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(uuid_send(item_id), ''), string_agg(int8send(phash), '')"
            " FROM albums_look WHERE owner_id = %s",
            [owner_id],
        )
        ids, hashes = cursor.fetchone()
    return _Everything(bytes(ids), np.frombuffer(hashes, dtype=">u8").astype(np.uint64))


class _Known(NamedTuple):
    """One photo as far as comparing needs it; `front` stands for it if it is in a stack."""

    seen: likeness.Seen
    front: UUID


def _known(ids: Iterable[UUID]) -> dict[UUID, _Known]:
    fields = ("phash", "item__width", "item__height", "item__thumbhash")
    rows = Look.objects.filter(pk__in=list(ids)).values_list("pk", "item__behind", *fields)
    return {pk: _Known(likeness.Seen(*seen), front or pk) for pk, front, *seen in rows}


def _group_of(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The groups that these photos are in, with everybody in them."""
    groups = Look.objects.filter(pk__in=list(ids), group__isnull=False).values("group")
    return dict(Look.objects.filter(group__in=groups).values_list("pk", "group"))


def _apart(ids: Iterable[UUID]) -> set[Pair]:
    among = list(ids)
    pairs = Distinction.objects.filter(first__in=among, second__in=among)
    return {frozenset(pair) for pair in pairs.values_list("first", "second")}


def _write_down(owner_id: UUID, *, before: dict[UUID, UUID], after: dict[UUID, UUID]) -> None:
    changed = {item: group for item, group in after.items() if before.get(item) != group}
    now = timezone.now()
    groups = [SimilarGroup(pk=pk, owner_id=owner_id, found_at=now) for pk in set(changed.values())]
    SimilarGroup.objects.bulk_create(
        groups, update_conflicts=True, unique_fields=["id"], update_fields=["found_at"]
    )
    Look.objects.bulk_update(
        [Look(pk=item, group_id=group) for item, group in changed.items()], ["group"]
    )
