"""Links that show a folder, or something in it, to whoever has one."""

from django.db import models

from mediashare.sharing.models import Link
from sync.server.models.folders import Folder


class FolderLink(Link):
    """A way to see and fetch a folder, one in it, or a file, and to change nothing."""

    folder = models.ForeignKey(Folder, models.CASCADE, related_name="links")
    entry = models.CharField(
        max_length=32, blank=True, editable=False, help_text="Empty: the whole folder."
    )
