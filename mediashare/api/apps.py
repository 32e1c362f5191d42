"""The app's name and label. What every API endpoint shares."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "mediashare.api"
    label = "api"
    verbose_name = "API"
