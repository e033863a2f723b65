"""The codes of this room's refusals in words."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from dialoog.core.errors import DomainError

SENTENCES: Final = {
    "duration_empty": _("Fill in how long it took, for instance 1:30."),
    "duration_unreadable": _("“%(text)s” is not a time. Write 1:30, 1,5 or 45 min."),
    "hours_out_of_range": _("A day has at most %(most)s hours. Divide the time over several days."),
    "activity_unknown": _("Choose what the time was spent on."),
    "day_to_come": _("This day is still to come. Choose today or a day before."),
    "day_empty": _("Fill in a day, for instance 26 November."),
    "day_unreadable": _("“%(text)s” is not a day. Write it as 26-11-2026 or 26 November."),
    "day_does_not_exist": _("This day does not exist. Look at day and month again."),
    "day_out_of_range": _("Choose a day between %(first)s and %(last)s."),
    "weekday_differs": _("The weekday does not fit the date. Correct one of the two."),
    "amount_empty": _("Fill in an amount, for instance 125,50."),
    "amount_unreadable": _("“%(text)s” is not an amount. Write it as 1.234,50."),
    "amount_ambiguous": _("“%(text)s” can be read in two ways. Write it without the separator: %(plain)s."),
    "amount_out_of_range": _("This amount is too large."),
    "amount_not_finite": _("This is not an amount."),
    "too_many_decimals": _("Write at most %(most)s decimals."),
    "currency_unknown": _("This currency is not known."),
    "other_currency": _("The books are kept in %(currency)s. Write the amount in %(currency)s."),
    "under_nought": _("An amount cannot be less than nought."),
    "cost_kind_unknown": _("Choose what the money was for."),
    "ends_before_start": _("The last day lies before the first. Choose a later one."),
    "norm_out_of_range": _("Choose between 0 and %(most)s minutes."),
    "number_empty": _("Fill in a number."),
    "number_unreadable": _("“%(text)s” is not a number. Write it as 1250 or 12,5."),
    "hours_of_a_colleague": _("These hours are of a colleague. Ask them, or somebody who manages costs."),
    "goal_counts_itself": _("Dialoog counts this goal itself, so there is nothing to enter."),
}


def sentence(error: DomainError) -> str:
    """Say in words why something was refused; a code of elsewhere is said plainly."""
    words = SENTENCES.get(error.code)
    return str(words) % error.params if words else str(_("This cannot be used here. Look at it again."))
