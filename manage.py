#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from mediashare.embedded import environment
from mediashare.embedded.checks import CannotRun
from mediashare.embedded.home import Home


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediashare.settings")
    try:
        if sys.argv[1:2] == ["run"]:
            # The stack makes the settings that Django is about to ask for.
            environment.ensure(Home.usual())
        execute_from_command_line(sys.argv)
    except (CannotRun, ImproperlyConfigured) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
