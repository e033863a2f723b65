"""The room of organisations and people."""

from importlib import import_module

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """Registers the tables and jobs of organisations and people."""

    name = "dialoog.organisations"

    def ready(self) -> None:
        """Register what sends this room's mail."""
        import_module("dialoog.organisations.mail")
