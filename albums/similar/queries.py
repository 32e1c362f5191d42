"""What pages show of photos that look alike. Read-only; as many queries however many there are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from albums import pictures
from albums.cursors import Cursor
from albums.models import AlbumItem, Item, Look, SimilarGroup
from albums.pictures import Picture
from albums.similar import comparison, likeness
from albums.similar.comparison import Trait
from mediashare.accounts.models import User

PAGE = 10
# A number in a heading need not be exact when it is large.
MOST_COUNTED = 100


@dataclass(frozen=True)
class Candidate:
    """One photo of a group, with what is known of it."""

    picture: Picture
    traits: list[Trait]
    is_best: bool

    @property
    def item(self) -> Item:
        return self.picture.item


@dataclass(frozen=True)
class Alike:
    """A group as its owner is asked about it, the suggested best first."""

    group: SimilarGroup
    candidates: list[Candidate]
    likeness: str
    summary: str


@dataclass(frozen=True)
class AlikePage:
    """A piece of the list of groups. `next` is the cursor of the following piece."""

    groups: list[Alike]
    next: str


def open_groups(user: User) -> QuerySet[SimilarGroup]:
    """Groups that wait for a decision, last changed first: two or more of each are shown."""
    shown = Look.objects.filter(group=OuterRef("pk"), item__deleted_at=None, item__behind=None)
    sizes = shown.order_by().values("group").annotate(size=Count("pk")).values("size")
    groups = SimilarGroup.objects.filter(owner=user).alias(shown=Subquery(sizes))
    return groups.filter(shown__gte=2).order_by("-found_at", "-id")


def count(user: User) -> int:
    """How many groups wait for a decision, at most MOST_COUNTED. One query."""
    return open_groups(user)[:MOST_COUNTED].count()


def similar_page(*, user: User, cursor: str = "", size: int = PAGE) -> AlikePage:
    """Groups that wait for a decision. Raises CursorIsMalformed."""
    groups = open_groups(user)
    if cursor:
        last = Cursor.decode(cursor)
        beyond = Q(found_at__lt=last.time) | Q(id__lt=last.id)
        groups = groups.filter(beyond, found_at__lte=last.time)
    found = list(groups[: size + 1])
    shown, more = found[:size], len(found) > size
    following = Cursor.at_time(shown[-1].found_at, shown[-1].pk).encode() if more else ""
    return AlikePage(alike_of(shown), following)


def alike_of(groups: Iterable[SimilarGroup]) -> list[Alike]:
    """Groups with all that is shown of them, in the order given; none of fewer than two."""
    groups = list(groups)
    looks = Look.objects.filter(group__in=groups, item__deleted_at=None, item__behind=None)
    members: defaultdict[UUID | None, list[Look]] = defaultdict(list)
    for look in looks.select_related("item__blob__media_info"):
        members[look.group_id].append(look)
    items = [look.item for found in members.values() for look in found]
    albums = _albums_of(items)
    shown = {picture.item.pk: picture for picture in pictures.of(items)}
    return [
        _alike(group, members[group.pk], shown, albums)
        for group in groups
        if len(members[group.pk]) > 1
    ]


def _alike(
    group: SimilarGroup,
    looks: list[Look],
    shown: dict[UUID, Picture],
    albums: dict[UUID, list[str]],
) -> Alike:
    best = comparison.best_of(look.item for look in looks)
    items = sorted((look.item for look in looks), key=lambda item: (item != best, item.taken_at))
    traits = comparison.traits_of(items, albums)
    farthest = max(
        likeness.distance(one.phash, other.phash) for one, other in combinations(looks, 2)
    )
    return Alike(
        group=group,
        candidates=[
            Candidate(shown[item.pk], known, item == best)
            for item, known in zip(items, traits, strict=True)
        ],
        likeness=likeness.words(farthest),
        summary=comparison.summary(traits),
    )


def _albums_of(items: list[Item]) -> dict[UUID, list[str]]:
    places = AlbumItem.objects.filter(item__in=items, album__deleted_at=None)
    titles: defaultdict[UUID, list[str]] = defaultdict(list)
    for item, title in places.order_by("album__title").values_list("item", "album__title"):
        titles[item].append(title)
    return titles


def stack_of(item: Item) -> list[Picture]:
    """An item's stack, the one in front first; empty when it is in none."""
    front = item.behind_id or item.pk
    stack = Item.objects.kept().filter(Q(pk=front) | Q(behind=front)).select_related("blob")
    items = sorted(stack, key=lambda one: (one.pk != front, one.taken_at, one.pk.bytes))
    return pictures.of(items) if len(items) > 1 else []


def stack_size(item: Item) -> int:
    """How many items the stack has that an item is in; 0 when it is in none. One query."""
    behind = Item.objects.kept().filter(behind=item.behind_id or item.pk).count()
    return behind and behind + 1
