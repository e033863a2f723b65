"""What channels do when other rooms tell them something."""

from dialoog.channels.actions import follow_newsroom
from dialoog.core.work.events import receives
from dialoog.newsroom.events import NewsroomChanged


@receives(NewsroomChanged)
def newsroom_changed(event: NewsroomChanged, _event_id: str) -> None:
    """Let the newsroom's channel bear its new title and address."""
    follow_newsroom(event.newsroom_id, title=event.title, url=event.url)
