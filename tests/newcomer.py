"""People on a stack that this process's own database knows nothing of.

`python -m tests.newcomer` reads names, one a line, and answers each with an API token of that
new person that may do everything. A name with another behind it is a person who has come already
and a computer of theirs, which is let in. It stays, since setting Django up takes seconds.
"""

import subprocess
import sys
from collections.abc import Mapping
from typing import NamedTuple, TextIO

END_SECONDS = 30


class LetIn(NamedTuple):
    """A computer that somebody was let in with: whose, its id and its secret."""

    email: str
    device_id: str
    token: str


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
        return self._ask(name)

    def let_in(self, name: str, computer: str) -> LetIn:
        """Let a computer of theirs in, as the page does on which somebody says so."""
        device_id, token = self._ask(f"{name} {computer}").split()
        return LetIn(f"{name}@example.org", device_id, token)

    def _ask(self, line: str) -> str:
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answers is not None
        asked.write(f"{line}\n")
        asked.flush()
        answer: str = answers.readline().strip()
        assert answer, f"{line} could not be made; what went wrong is above."
        return answer

    def close(self) -> None:
        """Let it go; it ends when nobody asks any more."""
        try:
            self._process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()


def arrive(name: str, *, env: Mapping[str, str]) -> str:
    """One person; their API token."""
    reception = Reception(env)
    try:
        return reception.arrive(name)
    finally:
        reception.close()


def main(lines: TextIO) -> None:
    import django  # noqa: PLC0415  # Nothing of Django may be touched before it is set up.

    django.setup()
    from django.db import connection  # noqa: PLC0415

    from mediashare.accounts import actions  # noqa: PLC0415
    from mediashare.accounts.models import ApiToken, Device, User  # noqa: PLC0415
    from tests.people import person  # noqa: PLC0415
    from tests.uploading import token_of  # noqa: PLC0415

    def answer(name: str, computer: str = "") -> str:
        if not computer:
            return token_of(person(name))
        owner = User.objects.get(email=f"{name}@example.org")
        token, secret = actions.create_token(
            owner=owner, name=computer, scopes=[ApiToken.Scope.SYNC]
        )
        return f"{Device.objects.create(token=token).pk} {secret}"

    for line in lines:
        print(answer(*line.split()), flush=True)  # noqa: T201
        # Before the next one comes the database may have been restarted.
        connection.close()


if __name__ == "__main__":
    main(sys.stdin)
