"""The app's name and label. People and their tokens."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mediashare.accounts"
    label = "accounts"
