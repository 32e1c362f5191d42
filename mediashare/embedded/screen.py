"""The one screen that a newcomer reads when everything is up. Pure text."""

from pathlib import Path

from mediashare.embedded.ports import USUAL_WEB_PORT


def screen(
    *, url: str, home: Path, demo: tuple[str, str], admin: tuple[str, str], chosen: bool
) -> str:
    """Addresses, sign-ins, where data lives and how to stop.

    `chosen` says that somebody asked for this port.
    """
    moved = not chosen and not url.endswith(f":{USUAL_WEB_PORT}")
    note = f"  (another program uses port {USUAL_WEB_PORT})" if moved else ""
    rows = [
        ("open", url + note),
        ("sign in", f"{demo[0]}  password  {demo[1]}"),
        ("admin", f"{admin[0]}  password  {admin[1]}  (at /admin/)"),
        ("mail", "every message the site sends is shown at /mailbox/"),
        ("data", str(home)),
        ("stop", "Ctrl-C; the next `make run` finds everything as it was"),
    ]
    return "\n".join(["", "  mediashare is ready", "", *(f"  {a:<9}{b}" for a, b in rows), ""])
