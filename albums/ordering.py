"""Places in an order, as whole numbers with gaps, so that moving one thing is one write.

Arithmetic only: nothing here touches a database.
"""

GAP = 2**20


def between(lower: int | None, upper: int | None) -> int | None:
    """A position after `lower` and before `upper`; None when there is no room left.

    No `lower` means the front of the list, no `upper` its end.
    """
    if upper is None:
        return after(lower, 1)[0]
    if lower is None:
        return upper - GAP
    middle = (lower + upper) // 2
    return middle if lower < middle < upper else None


def after(last: int | None, count: int) -> list[int]:
    """Positions for `count` newcomers at the end of a list."""
    start = (last or 0) + GAP
    return [start + GAP * number for number in range(count)]
