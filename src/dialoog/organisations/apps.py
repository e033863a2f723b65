"""The room of organisations and people."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """Registers the tables of organisations and people."""

    name = "dialoog.organisations"
