"""`make simulate`: play all days, print the tables, and keep them and the plots in docs/."""

import sys
import time

from deploy.simulate import report
from deploy.simulate.known import PROJECT

PAGE = PROJECT / "docs" / "scaling.md"
PLOTS = PROJECT / "docs" / "scaling"
MARK = "<!-- make simulate writes what follows -->\n"


def main() -> None:
    began = time.monotonic()
    said, drawn = report.text(), report.plots()
    words, mark, _ = PAGE.read_text().partition(MARK)
    if not mark:
        sys.exit(f"{PAGE} has lost its mark: {MARK}")
    PAGE.write_text(f"{words}{MARK}\n{said}\n")
    PLOTS.mkdir(exist_ok=True)
    for name, picture in drawn.items():
        (PLOTS / name).write_text(picture)
    print(said)
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
