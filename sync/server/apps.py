"""The app's name and label. The service's side of file sync."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "sync.server"
    label = "sync"
