"""The app configuration of the design language."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, static files and template tags that every room uses."""

    name = "dialoog.ui"
    label = "ui"
