"""The room learning as a Django application."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    """Registers the tables and texts of this room."""

    name = "dialoog.learning"
