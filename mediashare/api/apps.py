from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "mediashare.api"
    label = "api"
    verbose_name = "API"
