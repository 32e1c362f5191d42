"""ZIP archives: an app of its own, since its tables are of no use to the rest of processing."""

from django.apps import AppConfig


class ArchivesConfig(AppConfig):
    name = "processing.archives"
