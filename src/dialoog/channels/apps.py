"""The room channels as a Django application."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Registers the tables and texts of this room."""

    name = "dialoog.channels"
