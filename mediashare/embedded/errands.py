"""Commands of the service that run once and end, while the stack starts."""

import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from mediashare.embedded.checks import CannotRun
from mediashare.embedded.console import Say
from mediashare.embedded.home import PROJECT
from mediashare.embedded.keeper import spawn
from mediashare.embedded.parts import Part

POLL_SECONDS = 0.2


def run_errand(
    words: Sequence[str], env: Mapping[str, str], *, say: Say, cancelled: Callable[[], bool]
) -> None:
    """Run `manage.py WORDS` to its end; CannotRun says what went wrong.

    When cancelled it is ended at once: every errand can be run again from its start.
    """
    argv = (sys.executable, str(PROJECT / "manage.py"), *words)
    part = Part(name="stack", argv=argv, env=env, directory=str(PROJECT))
    last_lines: deque[str] = deque(maxlen=1)
    with spawn(part) as process:
        watch = threading.Thread(target=_end_when, args=(process, cancelled), daemon=True)
        watch.start()
        for line in process.stdout or ():
            text = line.rstrip()
            if text:
                last_lines.append(text)
            say(part.name, text)
    if process.returncode and not cancelled():
        said = last_lines[0] if last_lines else f"exit {process.returncode}"
        raise CannotRun(f"`manage.py {words[0]}` failed: {said}")


def _end_when(process: subprocess.Popen[str], cancelled: Callable[[], bool]) -> None:
    while process.poll() is None:
        if cancelled():
            process.kill()
            return
        time.sleep(POLL_SECONDS)
