"""What the newsroom tells higher rooms."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NewsroomChanged:
    """The newsroom got another title, address or visibility."""

    newsroom_id: int
    title: str
    url: str
