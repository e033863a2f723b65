"""The words of the growth scan: phases, spread and refusals."""

from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dialoog.assess.rules import PHASES, Joint, Phases
from dialoog.core.errors import DomainError

SENTENCES: Final = MappingProxyType(
    {
        "answer_missing": _("Choose one of the two, the one that fits best today."),
        "scan_open": _("A round is open already."),
        "scan_closed": _("This round has been closed. Your answers were not added."),
        "count_out_of_range": _("Choose a number from 1 to %(most)s."),
        "department_unknown": _("Choose one of the departments."),
        "link_unknown": _("This link is not known. Look whether it was copied as a whole."),
        "link_used": _("This link has been used already. It is good for one answer."),
        "link_expired": _("This link has expired. Ask for a new one."),
        "link_withdrawn": _("This link has been withdrawn. Ask for a new one."),
        "link_closed": _("This round of the scan has been closed."),
    }
)
# What the phases mean in short; the scan can't tell 1 from 2, nor 4 from 5.
MEANINGS: Final = MappingProxyType(
    {
        (1, 2): _("Social media are a set of tools, kept apart from the real work."),
        (3, 3): _("Social media have a place in the work here and there; the rest still has to follow."),
        (4, 5): _("Social media are part of how you work, organise and deal with people."),
    }
)


def sentence(error: DomainError) -> str:
    """Say a refusal in words."""
    words = SENTENCES.get(error.code, _("This cannot be used here. Look at it again."))
    return str(words) % error.params


def phases_text(phases: Phases | None) -> str:
    """Return "phase 3", or "phase 1 or 2" where the scan can't tell; empty without phases."""
    if phases is None:
        return ""
    low, high = phases
    if low == high:
        return gettext("phase %(phase)s") % {"phase": low}
    return gettext("phase %(low)s or %(high)s") % {"low": low, "high": high}


def phases_title(phases: Phases | None) -> str:
    """Return "Phase 3 of 5", to stand alone."""
    if phases is None:
        return ""
    text = gettext("%(phases)s of %(all)s") % {"phases": phases_text(phases), "all": PHASES}
    return text[:1].upper() + text[1:]


def meaning(phases: Phases | None) -> str:
    """Return what the phases mean; empty without phases."""
    return str(MEANINGS[phases]) if phases else ""


def spread_sentence(together: Joint) -> str:
    """Say how far the answers lie apart."""
    if together.is_unanimous:
        return gettext("All answers mean %(phases)s: you see it alike.") % {
            "phases": phases_text(together.phases)
        }
    low, high = together.spread
    return gettext("The answers lie between %(low)s and %(high)s: talk about what makes the difference.") % {
        "low": phases_text(low),
        "high": phases_text(high),
    }


def spread_text(together: Joint) -> str:
    """Return "phase 1 or 2 to phase 4 or 5", in short for a table."""
    low, high = together.spread
    if low == high:
        return phases_text(low)
    return gettext("%(low)s to %(high)s") % {"low": phases_text(low), "high": phases_text(high)}


def dots_sentence(together: Joint) -> str:
    """Say in words what the dots show."""
    parts = [
        gettext("%(count)s in %(phases)s") % {"count": count, "phases": phases_text(phases)}
        for phases, count in together.dots.items()
    ]
    return gettext("%(count)s answers: %(parts)s.") % {"count": together.answered, "parts": ", ".join(parts)}
