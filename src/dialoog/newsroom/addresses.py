"""Where the newsroom and its items are found from outside."""

from django.conf import settings


def newsroom_path(slug: str) -> str:
    """Return the path of the newsroom's page."""
    return f"/nieuws/{slug}/"


def newsroom_url(slug: str) -> str:
    """Return the complete address of the newsroom's page."""
    return f"{settings.ADDRESS}{newsroom_path(slug)}"


def item_url(slug: str, item_id: int) -> str:
    """Return the complete address of one item."""
    return f"{newsroom_url(slug)}{item_id}/"


def image_url(slug: str, item_id: int, name: str) -> str:
    """Return the complete address of one image of an item."""
    return f"{newsroom_url(slug)}{item_id}/{name}"
