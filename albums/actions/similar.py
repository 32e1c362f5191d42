"""What an owner decides about photos that look alike. Each decision is made once and kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from django.db import transaction

from albums.actions.stacks import stack_items
from albums.actions.succession import Succession, take_places
from albums.actions.trash import trash_items
from albums.models import Distinction, Item, SimilarGroup
from albums.similar import looks, turns


class NotInGroup(Exception):
    """The item is not among those of the group that are shown; nothing was changed."""


@dataclass(frozen=True)
class Kept:
    """What keeping the best one did, so that it can be undone."""

    trashed: list[UUID]
    succession: Succession


@transaction.atomic
def keep_best(*, group: SimilarGroup, best: UUID) -> Kept:
    """Keep one of a group; it takes the others' places in albums, and they go into the trash.

    Asking again is harmless. Raises NotInGroup.
    """
    shown = _shown(group)
    if best not in shown:
        raise NotInGroup
    kept = shown.pop(best)
    succession = take_places(heir=kept, of=shown.values())
    trash_items(owner=kept.owner, ids=shown)
    return Kept(list(shown), succession)


@transaction.atomic
def stack_group(*, group: SimilarGroup, front: UUID) -> int:
    """Show one of a group, with the others behind it; how many those are. Raises NotInGroup."""
    shown = _shown(group)
    if front not in shown:
        raise NotInGroup
    return stack_items(owner=group.owner, front=front, ids=shown)


@transaction.atomic
def tell_apart(*, group: SimilarGroup) -> None:
    """Remember that no two of a group are the same, and never ask about these two again."""
    shown = _shown(group)
    pairs = (_in_order(pair) for pair in combinations(shown, 2))
    Distinction.objects.bulk_create(
        (Distinction(first_id=first, second_id=second) for first, second in pairs),
        ignore_conflicts=True,
    )
    # Each may still be like others, which the rest of the group kept it from.
    looks.compare_again(shown)


def _shown(group: SimilarGroup) -> dict[UUID, Item]:
    """The items of a group that are shown, locked. Whoever else decides about them waits."""
    turns.take(group.owner_id)
    items = Item.objects.shown().filter(look__group=group).order_by("pk")
    return {item.pk: item for item in items.select_for_update(of=("self",))}


def _in_order(pair: Iterable[UUID]) -> list[UUID]:
    """As the database orders them, so that each pair is written in one way."""
    return sorted(pair, key=lambda one: one.bytes)
