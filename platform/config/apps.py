"""The top of the house as an app: it holds the commands that start and fill it."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Settings, addresses, start-up commands."""

    name = "config"
