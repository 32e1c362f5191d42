"""`python -m tests.newcomer NAME`: a person of that name on the stack that the environment names.

Prints an API token of theirs that may do everything. For tests and benchmarks whose own
process has another database.
"""

import subprocess
import sys
from collections.abc import Mapping


def arrive(name: str, *, env: Mapping[str, str]) -> str:
    """Make the person in a process of its own; the token."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.newcomer", name],
        env=dict(env),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def main(name: str) -> str:
    import django  # noqa: PLC0415  # Nothing of Django may be touched before it is set up.

    django.setup()
    from mediashare.accounts.models import ApiToken  # noqa: PLC0415
    from tests.people import person  # noqa: PLC0415

    secret = ApiToken.new_secret()
    ApiToken.objects.create(
        owner=person(name),
        name="tests",
        scopes=list(ApiToken.Scope.values),
        digest=ApiToken.digest_of(secret),
        hint=secret[-4:],
    )
    return secret


if __name__ == "__main__":
    print(main(sys.argv[1]))  # noqa: T201
