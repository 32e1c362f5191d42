"""Line charts as SVG: panels below each other, readable in light and dark. The same input gives the
same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 190, 70, 20, 48, 34
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-weight: 600; font-size: 13px }
.grid { stroke: #ddd; stroke-width: 1 }
.rule { stroke: #b00020; stroke-width: 1; stroke-dasharray: 5 4 }
.line { fill: none; stroke-width: 1.8 }
.back { fill: #fff }
.c0 { stroke: #0b62b8 } .c1 { stroke: #c2410c } .c2 { stroke: #15803d } .c3 { stroke: #7e22ce }
.c4 { stroke: #806000 } .c5 { stroke: #0f766e }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .grid { stroke: #444 } .back { fill: #16181d } .rule { stroke: #ff6b81 }
  .c0 { stroke: #6db3f2 } .c1 { stroke: #fb923c } .c2 { stroke: #4ade80 } .c3 { stroke: #c084fc }
  .c4 { stroke: #eab308 } .c5 { stroke: #2dd4bf }
}
"""


@dataclass(frozen=True)
class Line:
    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """Some lines over one axis. On an axis by decades (`log_x`, `log_y`) only what is above 0 is
    shown. `rule` is a level that is marked."""

    title: str
    lines: Sequence[Line]
    log_x: bool = False
    log_y: bool = False
    rule: float | None = None


@dataclass(frozen=True)
class Scale:
    """Where a value lies between two ends of a drawing."""

    low: float
    high: float
    log: bool
    start: float
    end: float

    def at(self, value: float) -> float:
        low, high = self._of(self.low), self._of(self.high)
        return self.start + (self._of(value) - low) / (high - low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        if self.log:
            first, last = round(log10(self.low)), round(log10(self.high))
            return [10.0**power for power in range(first, last + 1)]
        step = _nice((self.high - self.low) / 5)
        return [self.low + n * step for n in range(int((self.high - self.low) / step + 1.001))]

    def _of(self, value: float) -> float:
        return log10(value) if self.log else value


def svg(panels: Sequence[Panel], *, describes: str) -> str:
    """One picture; `describes` it for who cannot see it."""
    height = HEIGHT * len(panels)
    drawn = [
        f'<g transform="translate(0 {HEIGHT * n})">\n{_panel(panel)}</g>'
        for n, panel in enumerate(panels)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'role="img" aria-label="{escape(describes)}">',
            f"<title>{escape(describes)}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="back" width="{WIDTH}" height="{height}"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def short(value: float) -> str:
    """A number as an axis has room for it: 1.5, 20, 3k, 10M."""
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def _panel(panel: Panel) -> str:
    points = [p for line in panel.lines for p in _shown(line, panel)]
    if not points:
        raise ValueError(f"nothing to draw in {panel.title!r}")
    x = _scale([p[0] for p in points], panel.log_x, LEFT, WIDTH - RIGHT)
    levels = [p[1] for p in points] + ([panel.rule] if panel.rule is not None else [])
    y = _scale(levels if panel.log_y else [0.0, *levels], panel.log_y, HEIGHT - BOTTOM, TOP)
    parts = [f'<text class="title" x="{LEFT}" y="16">{escape(panel.title)}</text>']
    parts += [_across(y.at(tick), short(tick)) for tick in y.ticks()]
    parts += [_below(x.at(tick), short(tick)) for tick in x.ticks()]
    if panel.rule is not None:
        parts.append(
            f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" '
            f'y1="{y.at(panel.rule):.1f}" y2="{y.at(panel.rule):.1f}"/>'
        )
    at = LEFT
    for number, line in enumerate(panel.lines):
        way = " ".join(f"{x.at(a):.1f},{y.at(b):.1f}" for a, b in _shown(line, panel))
        parts.append(f'<polyline class="line c{number}" points="{way}"/>')
        parts.append(f'<line class="line c{number}" x1="{at}" x2="{at + 16}" y1="30" y2="30"/>')
        parts.append(f'<text x="{at + 20}" y="34">{escape(line.name)}</text>')
        at += 34 + 7 * len(line.name)
    return "\n".join(parts) + "\n"


def _shown(line: Line, panel: Panel) -> list[tuple[float, float]]:
    return [
        (a, b) for a, b in line.points if (a > 0 or not panel.log_x) and (b > 0 or not panel.log_y)
    ]


def _scale(values: list[float], log: bool, start: float, end: float) -> Scale:
    low, high = min(values), max(values)
    if log:
        low, high = 10.0 ** floor(log10(low)), 10.0 ** ceil(log10(high))
        return Scale(low, high * (10 if low == high else 1), log, start, end)
    step = _nice((high - low or 1) / 5)
    return Scale(floor(low / step) * step, max(ceil(high / step), 1) * step, log, start, end)


def _nice(step: float) -> float:
    """The next above of 1, 2 and 5, by decades."""
    size = 10.0 ** floor(log10(step))
    return size * next(n for n in (1, 2, 5, 10) if n * size >= step * 0.999)


def _across(y: float, words: str) -> str:
    return (
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{words}</text>'
    )


def _below(x: float, words: str) -> str:
    return f'<text x="{x:.1f}" y="{HEIGHT - 14}" text-anchor="middle">{words}</text>'
