"""The room policy as a Django application."""

from importlib import import_module

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """Registers the tables, texts and jobs of this room."""

    name = "dialoog.policy"

    def ready(self) -> None:
        """Register what does this room's jobs."""
        import_module("dialoog.policy.jobs")
