"""The room home as a Django application."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """Registers the tables and texts of this room."""

    name = "dialoog.home"
