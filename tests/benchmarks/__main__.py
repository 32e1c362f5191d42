"""`make bench`: start a stack, measure, print the table and keep it in docs/performance.md."""

import os
import platform
import shutil
from datetime import UTC, datetime

from mediashare.embedded import ports
from mediashare.embedded.home import PROJECT
from mediashare.embedded.stack import Plan, Stack
from tests.benchmarks.figures import Figure, table
from tests.newcomer import arrive
from tests.servers import quiet_console, temporary_home

PAGE = PROJECT / "docs" / "performance.md"
MARK = "<!-- make bench writes what follows -->\n"


def main() -> None:
    home = temporary_home()
    port = next(port for port in ports.RANGE if ports.is_free(port))
    try:
        with Stack(home, Plan(web_port=port), quiet_console(home)) as stack:
            figures = _measure(stack)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    printed = table(figures)
    print(printed)  # noqa: T201
    words = PAGE.read_text().split(MARK)[0]
    PAGE.write_text(f"{words}{MARK}\n{_where()}\n\n{printed}\n")


def _measure(stack: Stack) -> list[Figure]:
    token = arrive("bench", env=stack.env)
    os.environ.update(stack.env, LOG_LEVEL="WARNING")
    import django  # noqa: PLC0415  # The settings come from the stack, which must run first.

    django.setup()
    from tests.benchmarks import album_page, fairness, photo_jobs, upload_path  # noqa: PLC0415

    # Photos first: what they measure is a job done here, not by the stack's worker.
    stack.stop_part("interactive")
    stack.stop_part("media")
    return [
        *photo_jobs.measure(),
        *upload_path.measure(site=stack.url, token=token, env=stack.env),
        *album_page.measure(site=stack.url),
        # Last, since it leaves a line behind.
        *fairness.measure(stack),
    ]


def _where() -> str:
    cores = os.cpu_count()
    day = datetime.now(UTC).date()
    return f"{day}, {platform.system()} {platform.machine()}, {cores} cores, `make bench`:"


if __name__ == "__main__":
    main()
