"""How a person is named."""

from dialoog.organisations.models import User


def display_name(user: User) -> str:
    """Return the name that colleagues see."""
    return str(user)
