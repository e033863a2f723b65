"""The room channels as a Django application."""

from importlib import import_module

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Registers the tables, texts, jobs and receivers of this room."""

    name = "dialoog.channels"

    def ready(self) -> None:
        """Register what does this room's jobs and receives events."""
        import_module("dialoog.channels.jobs")
        import_module("dialoog.channels.receivers")
