"""Photos that look alike, as tests need them."""

from albums.models import Item, SimilarGroup
from albums.similar import matching
from mediashare.accounts.models import User
from tests.people import photo

# Far from each other in all 64 bits or half of them.
BEACH, CITY = 0x0F0F_0F0F_0F0F_0F0F, 0x00FF_00FF_00FF_00FF


def changed(phash: int, bits: int) -> int:
    """The hash of a copy in which so many bits are others."""
    return phash ^ ((1 << bits) - 1)


def alike(owner: User, *names: str, phash: int = BEACH) -> list[Item]:
    """Photos that look the same, taken on one day each, and compared."""
    items = [photo(owner, name, day=day, phash=phash) for day, name in enumerate(names)]
    matching.compare_all_new()
    return items


def groups_of(owner: User) -> set[frozenset[str]]:
    """Names of the photos that are shown, by group; groups of one are none."""
    groups = SimilarGroup.objects.filter(owner=owner)
    names = [
        frozenset(Item.objects.shown().filter(look__group=group).values_list("name", flat=True))
        for group in groups
    ]
    return {group for group in names if len(group) > 1}


def group_with(item: Item) -> SimilarGroup:
    return SimilarGroup.objects.get(looks__item=item)
