"""The pages of policy beside each other."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from dialoog.organisations.access import MemberRequest
from dialoog.organisations.roles import may


@dataclass(frozen=True)
class Place:
    """A page under the heading of policy."""

    label: str
    url: str
    current: bool
    count: int | None = None


def places(request: MemberRequest, current: str) -> list[Place]:
    """Return the pages that this member may see, with the one that is open."""
    named = [("policy", _("Rules")), ("handbook", _("Handbook")), ("versions", _("Versions"))]
    if may(request.member, "people.view"):
        named.append(("readers", _("Who has read it")))
    slug = request.organisation.slug
    return [Place(label, reverse(f"policy:{name}", args=[slug]), name == current) for name, label in named]
