"""The app's name and label. Blobs and uploads."""

from django.apps import AppConfig


class StorageConfig(AppConfig):
    name = "mediashare.storage"
    label = "storage"
