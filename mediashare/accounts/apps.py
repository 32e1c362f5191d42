from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mediashare.accounts"
    label = "accounts"
