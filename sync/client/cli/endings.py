"""With which number a command ends, and what a person can do then.

`docs/sync-client.md` lists the numbers.
"""

from enum import IntEnum

from sync.client import errors


class Ending(IntEnum):
    FINE = 0
    BROKEN = 1
    MISUSED = 2
    SIGNED_OUT = 3
    TRY_LATER = 4
    ASKS = 5
    IN_PART = 6


# The first that fits counts. What is not here is a fault of this program.
ENDINGS: list[tuple[tuple[type[Exception], ...], Ending, str]] = [
    (
        (errors.SignedOut,),
        Ending.SIGNED_OUT,
        "Sign in with `mediashare-sync login` and the address of your site.",
    ),
    (
        (errors.Offline, errors.Busy),
        Ending.TRY_LATER,
        "Nothing was lost. The next run goes on where this one stopped.",
    ),
    ((errors.AlreadyRunning,), Ending.TRY_LATER, "Wait until it is done, or stop it."),
    (
        (errors.RootMissing, errors.RootIsAnother),
        Ending.ASKS,
        "If the folder has moved, `mediashare-sync add` its new place.",
    ),
    ((errors.DiskFull,), Ending.ASKS, "Make room; then sync again. Nothing was lost."),
    (
        (errors.RecordsBroken,),
        Ending.ASKS,
        "Remove `.mediashare/state.sqlite` in it, and sync again: all files are read once then.",
    ),
    ((errors.TooOld,), Ending.ASKS, "Install a newer mediashare-sync."),
    (
        (errors.FolderGone, errors.NotAllowed),
        Ending.ASKS,
        "Your files stay as they are. Ask the owner of the folder, or look at it on the site.",
    ),
]


def ending_of(error: Exception) -> tuple[Ending, str] | None:
    """None for what nobody expected."""
    for kinds, ending, advice in ENDINGS:
        if isinstance(error, kinds):
            return ending, advice
    return (Ending.ASKS, "") if isinstance(error, errors.SyncStopped) else None
