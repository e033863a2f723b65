"""How a network is called on screens."""

from django.utils.translation import get_language

from dialoog.networks.values import Capabilities


def shown_name(can: Capabilities) -> str:
    """Return a network's name in the reader's language: most have one name everywhere."""
    return can.local_name.in_language(get_language() or "en") if can.local_name else can.name
