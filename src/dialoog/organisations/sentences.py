"""Refusals of this room in words, and the lines of the log."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from dialoog.core.errors import DomainError

SENTENCES: Final = {
    "name_empty": _("Fill in a name."),
    "account_exists": _("There is an account with this address already. Sign in with it first."),
    "password_weak": _("%(why)s"),
    "zone_unknown": _("This time zone is not known."),
    "promise_out_of_range": _("Choose between 1 minute and %(most)s hours."),
    "hours_unreadable": _("“%(text)s” is not a time. Write it as 09:00-12:30, 13:00-17:00."),
    "opening_backwards": _("“%(text)s” ends before it begins."),
    "openings_overlap": _("%(first)s and %(second)s overlap."),
    "never_open": _("An organisation that is never open can promise nothing. Fill in at least one day."),
    "day_unreadable": _("“%(text)s” is not a day. Write it as 25-12-2026."),
    "day_does_not_exist": _("This day does not exist. Look at day and month again."),
    "department_exists": _("There is a department with this name already."),
    "roles_empty": _("Choose at least one role."),
    "role_unknown": _("This role does not exist."),
    "last_owner": _("Somebody must own the organisation. Make a colleague owner first."),
    "elsewhere_too": _(
        "This person belongs to another organisation too, so how they sign in is not yours to change."
    ),
    "invitation_closed": _(
        "This invitation was used, withdrawn, or is older than two weeks. Ask for a new one."
    ),
    "setup_link_closed": _(
        "This link was used already, or is no longer open. Start Dialoog again for a new one."
    ),
}


def sentence(error: DomainError) -> str:
    """Say a refusal in words."""
    words = SENTENCES.get(error.code, _("This cannot be used here. Look at it again."))
    return str(words) % error.params
