"""Give the figures to those who watch: as text for Prometheus, as metrics for CloudWatch."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from math import isfinite

from mediashare.aws import cloudwatch
from processing import metrics
from processing.metrics import Gauge

PREFIX = "mediashare_"
# CloudWatch knows no infinity, and an alarm hears nothing of a figure that is not there.
ENDLESS_SECONDS = 1e9


def as_text(gauges: Iterable[Gauge]) -> str:
    """The text format that Prometheus reads, version 0.0.4.

    https://prometheus.io/docs/instrumenting/exposition_formats/
    """
    lines = []
    # All of one name must stand together.
    ordered = sorted(gauges, key=lambda gauge: gauge.name)
    for name, same in groupby(ordered, key=lambda gauge: gauge.name):
        group = list(same)
        lines.append(f"# HELP {PREFIX}{name} {_escaped(group[0].help)}")
        lines.append(f"# TYPE {PREFIX}{name} gauge")
        lines += [f"{PREFIX}{name}{_labels(gauge)} {_number(gauge.value)}" for gauge in group]
    return "\n".join([*lines, ""])


def to_cloudwatch(*, now: datetime) -> int:
    """Publish all figures; how many. Raises as `cloudwatch.publish` does."""
    figures = [_figure(gauge) for gauge in metrics.gauges(now)]
    cloudwatch.publish(figures, at=now)
    return len(figures)


def _figure(gauge: Gauge) -> cloudwatch.Figure:
    is_time = gauge.name.endswith("_seconds")
    return cloudwatch.Figure(
        name="".join(word.title() for word in gauge.name.split("_")),
        value=min(gauge.value, ENDLESS_SECONDS) if is_time else gauge.value,
        dimensions={name.title(): value for name, value in gauge.labels.items()},
        is_time=is_time,
    )


def _labels(gauge: Gauge) -> str:
    pairs = (f'{name}="{_escaped(value, quoted=True)}"' for name, value in gauge.labels.items())
    return f"{{{','.join(pairs)}}}" if gauge.labels else ""


def _escaped(text: str, *, quoted: bool = False) -> str:
    plain = text.replace("\\", r"\\").replace("\n", r"\n")
    return plain.replace('"', r"\"") if quoted else plain


def _number(value: float) -> str:
    return f"{value:g}" if isfinite(value) else "+Inf"
