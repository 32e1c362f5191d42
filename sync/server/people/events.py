"""What happens to a folder and its people is noted, for the activity page."""

from datetime import datetime

from mediashare.accounts.models import User
from sync.server.models import Folder, FolderEvent


def note(folder: Folder, kind: FolderEvent.Kind, *, by: User, now: datetime, **words: str) -> None:
    """Within the transaction that does it. `words` are `subject` and `outcome`, where there are."""
    FolderEvent.objects.create(
        folder=folder,
        kind=kind,
        at=now,
        actor=by,
        actor_name=by.display_name,
        **words,
    )
