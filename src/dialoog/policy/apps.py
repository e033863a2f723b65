"""The room policy as a Django application."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """Registers the tables and texts of this room."""

    name = "dialoog.policy"
