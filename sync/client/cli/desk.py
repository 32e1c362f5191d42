"""What every command works with. Nothing here does anything."""

from dataclasses import dataclass

from sync.client.cli.screen import Screen
from sync.client.home import Home


@dataclass(frozen=True)
class Desk:
    """The files of this device, and whom to speak to."""

    home: Home
    screen: Screen
