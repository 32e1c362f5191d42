"""A figure beside its peer, and the table of all of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`ours` and `peers` in `unit`, measured in one run; the ratio is what may be trusted."""

    what: str
    unit: str
    ours: float
    peers: float
    peer: str
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.peers


def table(figures: list[Figure]) -> str:
    """A Markdown table, readable on a terminal too."""
    head = ("what", "ours", "peer", "ratio", "peer is", "note")
    rows = [
        (
            figure.what,
            f"{round_to_three(figure.ours)} {figure.unit}",
            f"{round_to_three(figure.peers)} {figure.unit}",
            f"{figure.ratio:.2f}",
            figure.peer,
            figure.note,
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in [head, *rows]
    ]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join([lines[0], rule, *lines[1:]])


def round_to_three(value: float) -> str:
    """Three digits are all that a noisy machine can vouch for."""
    return f"{float(f'{value:.3g}'):,g}"
