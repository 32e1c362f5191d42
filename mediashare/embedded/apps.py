from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "mediashare.embedded"
    label = "embedded"
