"""The room demo as a Django application."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Registers the tables and texts of this room."""

    name = "dialoog.demo"
