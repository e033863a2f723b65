"""The room newsroom as a Django application."""

from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    """Registers the tables and texts of this room."""

    name = "dialoog.newsroom"
