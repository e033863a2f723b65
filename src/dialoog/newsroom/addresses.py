"""Where the newsroom and its items are found: paths for our own pages, complete addresses for elsewhere."""

from django.conf import settings


def newsroom_path(slug: str) -> str:
    """Return the path of the newsroom's page."""
    return f"/nieuws/{slug}/"


def item_path(slug: str, item_id: int) -> str:
    """Return the path of one item."""
    return f"{newsroom_path(slug)}{item_id}/"


def image_path(slug: str, item_id: int, name: str) -> str:
    """Return the path of one image of an item."""
    return f"{item_path(slug, item_id)}{name}"


def complete(path: str) -> str:
    """Return the address by which others find a path of this installation."""
    return f"{settings.ADDRESS}{path}"
