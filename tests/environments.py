"""Programs that tests and benchmarks run, each set in an environment of its own.

What they pin is not what this project pins.
"""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

from mediashare.embedded.home import PROJECT


def programs(name: str) -> Path:
    """Where those of `requirements/NAME.txt` are, installed now if what is there differs."""
    pinned, home = PROJECT / "requirements" / f"{name}.txt", PROJECT / ".local" / name
    home.mkdir(parents=True, exist_ok=True)
    wanted = hashlib.sha256(pinned.read_bytes()).hexdigest()
    mark = home / "installed"
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.exists() or mark.read_text() != wanted:
            _install(pinned, home / "venv")
            mark.write_text(wanted)
    return home / "venv" / "bin"


def _install(pinned: Path, environment: Path) -> None:
    uv = shutil.which("uv") or str(PROJECT / ".local" / "uv" / "bin" / "uv")
    shutil.rmtree(environment, ignore_errors=True)
    subprocess.run([uv, "venv", "--quiet", str(environment)], check=True)
    python = environment / "bin" / "python"
    sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python)]
    subprocess.run([*sync, str(pinned)], check=True)
