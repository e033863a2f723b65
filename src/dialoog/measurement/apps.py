"""The room measurement as a Django application."""

from importlib import import_module

from django.apps import AppConfig


class MeasurementConfig(AppConfig):
    """Registers the tables, texts, jobs and receivers of this room."""

    name = "dialoog.measurement"

    def ready(self) -> None:
        """Register what does this room's jobs and receives events."""
        import_module("dialoog.measurement.jobs")
        import_module("dialoog.measurement.receivers")
