"""The room inbox as a Django application."""

from importlib import import_module

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """Registers the tables, texts, jobs and receivers of this room."""

    name = "dialoog.inbox"

    def ready(self) -> None:
        """Register what does this room's jobs and receives events, and put its answers in the queue of consent."""
        import_module("dialoog.inbox.jobs")
        import_module("dialoog.inbox.receivers")
        queue = import_module("dialoog.publishing.queries.approvals")
        queue.add_to_queue(import_module("dialoog.inbox.consent").queue_rows)
