"""`make bench`: start a stack, measure, print the table and keep it in docs/performance.md.

`make bench ONLY="photos videos"` measures these alone, and keeps nothing.
"""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from mediashare.embedded import ports
from mediashare.embedded.home import PROJECT
from mediashare.embedded.stack import Plan, Stack
from tests.benchmarks.figures import Figure, table
from tests.newcomer import arrive
from tests.servers import quiet_console, temporary_home

PAGE = PROJECT / "docs" / "performance.md"
MARK = "<!-- make bench writes what follows -->\n"
# In this order; the last one leaves a line of jobs behind.
PARTS = ("photos", "videos", "uploads", "album", "sync", "compare", "waiting", "fairness")


def main(wanted: list[str]) -> None:
    if unknown := set(wanted).difference(PARTS):
        sys.exit(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
    home = temporary_home()
    port = next(port for port in ports.RANGE if ports.is_free(port))
    try:
        with Stack(home, Plan(web_port=port), quiet_console(home)) as stack:
            figures = _measure(stack, wanted or PARTS)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    printed = table(figures)
    print(printed)  # noqa: T201
    if not wanted:
        words = PAGE.read_text().split(MARK)[0]
        PAGE.write_text(f"{words}{MARK}\n{_where()}\n\n{printed}\n")


def _measure(stack: Stack, wanted: Iterable[str]) -> list[Figure]:
    token = arrive("bench", env=stack.env)
    os.environ.update(stack.env, LOG_LEVEL="WARNING")
    import django  # noqa: PLC0415  # The settings come from the stack, which must run first.

    django.setup()
    from tests.benchmarks import (  # noqa: PLC0415
        album_page,
        comparing,
        fairness,
        photo_jobs,
        sync_transfers,
        upload_path,
        video_jobs,
        waiting,
    )

    measures: dict[str, Callable[[], Iterable[Figure]]] = {
        "photos": photo_jobs.measure,
        "videos": lambda: video_jobs.measure(stack),
        "uploads": lambda: upload_path.measure(site=stack.url, token=token, env=stack.env),
        "album": lambda: album_page.measure(site=stack.url),
        "sync": lambda: sync_transfers.measure(site=stack.url, token=token, env=stack.env),
        "compare": lambda: comparing.measure(stack),
        "waiting": lambda: waiting.measure(stack),
        "fairness": lambda: fairness.measure(stack),
    }
    # What photos and videos measure are jobs done here, not by the stack's workers.
    stack.stop_part("interactive")
    stack.stop_part("media")
    figures = []
    for part in PARTS:
        for figure in measures[part]() if part in wanted else ():
            figures.append(figure)
            # Forty minutes are long, and what is known is not lost when something fails later.
            print(f"{figure.what}: {figure.ratio:.2f}", file=sys.stderr, flush=True)  # noqa: T201
    return figures


def _where() -> str:
    cores = os.cpu_count()
    day = datetime.now(UTC).date()
    return f"{day}, {platform.system()} {platform.machine()}, {cores} cores, `make bench`:"


if __name__ == "__main__":
    main(sys.argv[1:])
