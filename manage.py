#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.core.management import execute_from_command_line

from mediashare.embedded.management.commands.run import Command as Run


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediashare.settings")
    if sys.argv[1:2] == ["run"]:
        # Not through Django, which would ask for the settings that this command makes.
        Run().run_from_argv(sys.argv)
    else:
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
