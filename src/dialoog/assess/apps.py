"""The room assess as a Django application."""

from django.apps import AppConfig


class AssessConfig(AppConfig):
    """Registers the tables and texts of this room."""

    name = "dialoog.assess"
