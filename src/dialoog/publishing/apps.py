"""The room publishing as a Django application."""

from importlib import import_module

from django.apps import AppConfig

from dialoog.core.offers import offer_channels


class PublishingConfig(AppConfig):
    """Registers the tables, texts, receivers and deliveries of this room."""

    name = "dialoog.publishing"

    def ready(self) -> None:
        """Receive events, give the worker its lane of deliveries, and name the channels to the rooms below."""
        import_module("dialoog.publishing.receivers")
        worker = import_module("dialoog.core.work.worker")
        lane = import_module("dialoog.publishing.delivering.lane")
        worker.register_lane(lane.DeliveryLane)
        offer_channels(import_module("dialoog.channels.queries").channel_choices)
