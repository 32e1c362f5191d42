"""The one screen that a newcomer reads when everything is up. Pure text."""

from pathlib import Path


def screen(*, url: str, home: Path, demo: tuple[str, str], admin: tuple[str, str]) -> str:
    """Addresses, sign-ins, where data lives and how to stop."""
    rows = [
        ("open", url),
        ("sign in", f"{demo[0]}  password  {demo[1]}"),
        ("admin", f"{admin[0]}  password  {admin[1]}  (at /admin/)"),
        ("mail", "every message the site sends is shown at /mailbox/"),
        ("data", str(home)),
        ("stop", "Ctrl-C; the next `make run` finds everything as it was"),
    ]
    return "\n".join(["", "  mediashare is ready", "", *(f"  {a:<9}{b}" for a, b in rows), ""])
