"""Makes the commands of the one-machine stack known to Django. It has no models."""

from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "mediashare.embedded"
    label = "embedded"
