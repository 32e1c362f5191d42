"""One real client: a process of `mediashare-sync watch` with a home and a copy of its own."""

import hashlib
import subprocess
import sys
from pathlib import Path

from sync.client import account, roots
from sync.client.account import Account
from sync.client.cli.copies import STATE
from sync.client.cli.main import run
from sync.client.home import Home
from sync.client.ignore import OWN_FOLDER
from tests.newcomer import END_SECONDS, LetIn

# What is at a path: its kind, its content or where it leads to, and whether it may be run.
Tree = dict[str, tuple[str, str, bool]]


class Computer:
    def __init__(self, place: Path, site: str, let_in: LetIn) -> None:
        self.name, self.root = place.name, place / "copy"
        self.log = place / "watch.log"
        self._home = Home(place / "home")
        self._process: subprocess.Popen[bytes] | None = None
        place.mkdir()
        self.log.touch()
        kept = Account(site, let_in.email, let_in.device_id, self.name)
        account.save(self._home, kept, let_in.token, in_keyring=False)

    def does(self, *words: object) -> int:
        """A command of the client; how it ends."""
        return run(["--home", str(self._home.path), "--quiet", *map(str, words)])

    def start(self) -> None:
        """Watch, until killed."""
        program = [sys.executable, "-m", "sync.client.cli", "--home", str(self._home.path)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*program, "--verbose", "watch"], stdout=log, stderr=log
            )

    def kill(self) -> None:
        """At once and without warning, by its id. Whoever had ended by itself gave up too early."""
        ended = self.end()
        assert ended is None, f"{self.name} ended by itself with {ended}"

    def end(self) -> int | None:
        """Leave nothing running; with what it had ended by itself, if it had."""
        if self._process is None:
            return None
        ended = self._process.poll()
        self._process.kill()
        self._process.wait(END_SECONDS)
        self._process = None
        return ended

    def folder(self) -> str:
        """The id of the folder that it keeps equal."""
        (kept,) = roots.all_of(self._home)
        return kept.folder

    def forget(self) -> None:
        """Lose what is known of the copy; it must not run."""
        for path in (self.root / OWN_FOLDER).glob(f"{STATE}*"):
            path.unlink()

    def tree(self) -> Tree:
        named = {path.relative_to(self.root): path for path in self.root.rglob("*")}
        return {
            str(name): _shown(path) for name, path in named.items() if name.parts[0] != OWN_FOLDER
        }


def _shown(path: Path) -> tuple[str, str, bool]:
    if path.is_symlink():
        return "link", str(path.readlink()), False
    if path.is_dir():
        return "folder", "", False
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return "file", digest, bool(path.stat().st_mode & 0o100)
