"""What an item may be called. Text in, text out."""

from pathlib import PurePosixPath

LONGEST = 255


def clean(name: str) -> str:
    """One line without control characters, short enough to store; never empty."""
    line = "".join(character if character.isprintable() else " " for character in name)
    words = " ".join(line.split())
    if len(words) > LONGEST:
        suffix = suffix_of(words)
        words = words[: LONGEST - len(suffix)].rstrip() + suffix
    return words or "Untitled"


def keep_suffix(*, old: str, new: str) -> str:
    """A new name that still says what kind of file it is, so that a download opens."""
    suffix = suffix_of(old)
    return new if new.lower().endswith(suffix.lower()) else new + suffix


def suffix_of(name: str) -> str:
    """The ending with its dot, as .jpg; empty when the name has none that a file would have."""
    suffix = PurePosixPath(name.replace("/", "_")).suffix
    return suffix if len(suffix) <= 10 and " " not in suffix else ""
