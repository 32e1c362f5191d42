"""The app's name and label. Jobs and renditions."""

from django.apps import AppConfig


class ProcessingConfig(AppConfig):
    name = "processing"
