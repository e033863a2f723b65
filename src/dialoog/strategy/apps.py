"""The room strategy as a Django application."""

from django.apps import AppConfig


class StrategyConfig(AppConfig):
    """Registers the tables and texts of this room."""

    name = "dialoog.strategy"
