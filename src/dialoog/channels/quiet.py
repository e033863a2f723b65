"""Leaving an account alone for as long as its network asks."""

from datetime import datetime

from dialoog.channels.models import Channel


def note_quiet(channel_id: int, *, until: datetime) -> None:
    """Leave the account alone until then; a shorter wait never replaces a longer one."""
    # Told by worker threads too, which hold the row's id from its own organisation's scope.
    row = Channel._base_manager.filter(pk=channel_id)  # noqa: SLF001 - see above
    row.filter(quiet_until__isnull=True).update(quiet_until=until)
    row.filter(quiet_until__lt=until).update(quiet_until=until)
