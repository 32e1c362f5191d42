"""The albums app. It listens to processing, which does not know of items."""

from importlib import import_module

from django.apps import AppConfig


class AlbumsConfig(AppConfig):
    name = "albums"

    def ready(self) -> None:
        import_module("albums.receivers")
