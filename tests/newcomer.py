"""People on a stack that this process's own database knows nothing of.

`python -m tests.newcomer` reads names, one a line, and answers each with an API token of that
new person that may do everything. It stays, since setting Django up takes seconds.
"""

import subprocess
import sys
from collections.abc import Mapping
from typing import TextIO


class Reception:
    """A process that lets people arrive on the stack whose environment it was given."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._process: subprocess.Popen[str] = subprocess.Popen(
            [sys.executable, "-m", "tests.newcomer"],
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def arrive(self, name: str) -> str:
        """Make NAME@example.org, with `tests.people.PASSWORD`; their API token."""
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answers is not None
        asked.write(f"{name}\n")
        asked.flush()
        token: str = answers.readline().strip()
        assert token, f"{name} could not be made; what went wrong is above."
        return token

    def close(self) -> None:
        self._process.communicate()


def arrive(name: str, *, env: Mapping[str, str]) -> str:
    """One person; their API token."""
    reception = Reception(env)
    try:
        return reception.arrive(name)
    finally:
        reception.close()


def main(names: TextIO) -> None:
    import django  # noqa: PLC0415  # Nothing of Django may be touched before it is set up.

    django.setup()
    from django.db import connection  # noqa: PLC0415

    from tests.people import person  # noqa: PLC0415
    from tests.uploading import token_of  # noqa: PLC0415

    for name in names:
        print(token_of(person(name.strip())), flush=True)  # noqa: T201
        # Before the next one comes the database may have been restarted.
        connection.close()


if __name__ == "__main__":
    main(sys.stdin)
