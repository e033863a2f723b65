"""The room reports as a Django application."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Registers the tables and texts of this room."""

    name = "dialoog.reports"
