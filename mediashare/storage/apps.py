from django.apps import AppConfig


class StorageConfig(AppConfig):
    name = "mediashare.storage"
    label = "storage"
