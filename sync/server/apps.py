"""The app's name and label. The service's side of file sync."""

from django.apps import AppConfig

from sync.server import identities


class SyncConfig(AppConfig):
    name = "sync.server"
    label = "sync"

    def ready(self) -> None:
        identities.register()
