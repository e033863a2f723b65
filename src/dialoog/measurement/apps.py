"""The room measurement as a Django application."""

from django.apps import AppConfig


class MeasurementConfig(AppConfig):
    """Registers the tables and texts of this room."""

    name = "dialoog.measurement"
