"""The room inbox as a Django application."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """Registers the tables and texts of this room."""

    name = "dialoog.inbox"
