"""The core as a Django application: the tables for jobs and events."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Registers the tables of work and events."""

    name = "dialoog.core"
