"""Where this device keeps what belongs to no folder: its account, and the list of its folders.

Small JSON files that only their owner may read, each replaced whole. What belongs to a folder lies
in that folder. Nothing here asks the service anything.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
import platformdirs

NAME = "mediashare-sync"
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600

Kept = TypeVar("Kept", bound=msgspec.Struct)


class KeptFileIsBroken(Exception):
    """A file of this device holds something else than it should. Its text names the file."""


@dataclass(frozen=True)
class Home:
    """The directory of these files. Two of them on one computer are two devices."""

    path: Path

    @classmethod
    def of_person(cls) -> "Home":
        """Where the system keeps such things for whoever is signed in."""
        return cls(platformdirs.user_config_path(NAME))

    def read(self, name: str, kind: type[Kept]) -> Kept | None:
        """What was written there; None when nothing was. Raises KeptFileIsBroken."""
        path = self.path / name
        try:
            return msgspec.json.decode(path.read_bytes(), type=kind)
        except FileNotFoundError:
            return None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise KeptFileIsBroken(f"{path} cannot be read ({error}). Move it away.") from error

    def write(self, name: str, content: msgspec.Struct) -> None:
        """Replace a file, so that at every moment the old one or the new one is there whole."""
        self.path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        text = msgspec.json.format(msgspec.json.encode(content)) + b"\n"
        # Loaded for writing, which a sync with nothing to do does not.
        import tempfile  # noqa: PLC0415

        # Made readable by its owner alone.
        descriptor, half = tempfile.mkstemp(dir=self.path, prefix=f".{name}-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        Path(half).replace(self.path / name)

    def remove(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)
