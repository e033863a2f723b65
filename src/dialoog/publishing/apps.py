"""The room publishing as a Django application."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """Registers the tables and texts of this room."""

    name = "dialoog.publishing"
