"""Stacks: several items of which one is shown. The others stand behind it, and keep everything."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from albums.actions.succession import take_places
from albums.mirrors import noting as mirrors
from albums.models import Item, Look
from albums.similar import looks, turns
from mediashare.accounts.models import User
from processing.models import MediaInfo


@transaction.atomic
def stack_items(*, owner: User, front: UUID, ids: Iterable[UUID]) -> int:
    """Put items behind one of them; how many stand behind it then.

    A stack that one of them fronts comes along whole. The item in front takes a place in every
    album that one of the others is in. What is in the trash, or another's, is left out. Asking
    again is harmless.
    """
    turns.take(owner.pk)
    wanted = {front, *ids}
    kept = Item.objects.kept().filter(owner=owner).filter(Q(pk__in=wanted) | Q(behind__in=wanted))
    stack = {item.pk: item for item in kept.order_by("pk").select_for_update()}
    if front not in stack:
        return 0
    shown = stack.pop(front)
    Item.objects.filter(pk=front).update(behind=None)
    Item.objects.filter(pk__in=stack).update(behind=front)
    take_places(heir=shown, of=stack.values())
    mirrors.note_items([front, *stack])
    Look.objects.filter(pk__in=[front, *stack]).update(group=None)
    return len(stack)


def stack_live_photo(*, owner: User, live_id: str) -> int:
    """Put the film of a Live Photo behind its photo, once both are there; how many films those are.

    Asking again is harmless.
    """
    halves = Item.objects.shown().filter(owner=owner, blob__media_info__live_id=live_id)
    photo = halves.filter(kind=MediaInfo.Kind.PHOTO).order_by("added_at", "pk").first()
    films = halves.filter(kind=MediaInfo.Kind.VIDEO).values_list("pk", flat=True)
    return stack_items(owner=owner, front=photo.pk, ids=films) if photo and films else 0


@transaction.atomic
def show_instead(*, item: Item) -> None:
    """Bring an item to the front of the stack it is in. Harmless for one that is there."""
    if item.behind_id:
        stack_items(owner=item.owner, front=item.pk, ids=[item.behind_id])


@transaction.atomic
def unstack(*, owner: User, ids: Iterable[UUID]) -> int:
    """Let items stand by themselves: those behind another, and those behind these; how many.

    They keep their places in albums, and are asked about again if they look alike.
    """
    turns.take(owner.pk)
    wanted = list(ids)
    behind = Item.objects.filter(owner=owner, behind__isnull=False)
    freed = behind.filter(Q(pk__in=wanted) | Q(behind__in=wanted)).order_by("pk")
    found = list(freed.select_for_update())
    looks.compare_again({pk for item in found for pk in (item.pk, item.behind_id) if pk})
    mirrors.note_items(item.pk for item in found)
    return Item.objects.filter(pk__in=[item.pk for item in found]).update(behind=None)
