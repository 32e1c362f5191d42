"""What a part of the stack is: a value that says how to start, trust and stop one program."""

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def nothing() -> None:
    """Do nothing."""


def always() -> bool:
    return True


def every_line(line: str) -> bool:
    return bool(line)


@dataclass(frozen=True)
class Part:
    """One program. `ready` may be asked many times a second while the program comes up."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    directory: str
    ready: Callable[[], bool] = always
    settle_seconds: float = 0
    before: Callable[[], None] = nothing
    after: Callable[[], None] = nothing
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10
    user: str = ""
    niceness: int = 0
    worth_saying: Callable[[str], bool] = field(default=every_line)


# A program that ran this long was well; its next death starts again with the shortest delay.
WELL_SECONDS = 30.0


def restart_delay(deaths: int) -> float:
    """Seconds to wait before starting again a part that died `deaths` times in a row."""
    return float(min(30.0, 0.5 * 2 ** (max(deaths, 1) - 1)))
