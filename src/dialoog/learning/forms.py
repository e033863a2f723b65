"""The forms of conclusions."""

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from dialoog.core.clock import parse_day
from dialoog.core.errors import DomainError, Invalid

SENTENCES: Final = {
    "conclusion_empty": _("Write down what you make of the figures."),
    "outcome_empty": _("Write down what came of it, also when nothing did."),
    "day_not_to_come": _("Choose a day to come, within two years."),
    "day_empty": _("Fill in a day, for instance 1 March."),
    "day_unreadable": _("“%(text)s” is not a day. Write it as 1-3-2027 or 1 March."),
    "day_does_not_exist": _("This day does not exist. Look at day and month again."),
    "day_out_of_range": _("Choose a day between %(first)s and %(last)s."),
    "weekday_differs": _("The weekday does not fit the date. Correct one of the two."),
    "conclusion_closed": _("This conclusion has been closed meanwhile. Open it again first."),
}


def sentence(error: DomainError) -> str:
    """Say a refusal in words."""
    words = SENTENCES.get(error.code, _("This cannot be used here. Look at it again."))
    return str(words) % error.params


class _DayForm(forms.Form):
    """A form with a day to look again; knows today."""

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def clean_look_again_on(self) -> date:
        """Read the day as it was typed."""
        try:
            return parse_day(self.cleaned_data["look_again_on"], today=self.today)
        except Invalid as error:
            raise forms.ValidationError(sentence(error)) from error

    def refuse(self, error: Invalid) -> None:
        """Show an action's refusal at its field."""
        self.add_error(error.field if error.field in self.fields else None, sentence(error))


def _day_field() -> forms.CharField:
    return forms.CharField(
        label=_("Look at it again on"),
        max_length=60,
        help_text=_("For instance 1 March. It comes back then."),
    )


class ConcludeForm(_DayForm):
    """A conclusion and what follows from it."""

    text = forms.CharField(
        label=_("What do you make of it?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The figures are counted by Dialoog, the conclusion is yours."),
    )
    action = forms.CharField(
        label=_("What will you do?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    goal = forms.TypedChoiceField(label=_("Goal"), required=False, coerce=int, empty_value=None, choices=[])
    owner = forms.TypedChoiceField(label=_("Who sees to it"), coerce=int, choices=[])
    look_again_on = _day_field()

    def __init__(
        self, *args: Any, goals: list[tuple[int, str]], owners: list[tuple[int, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        for name, choices in (("goal", [("", _("No goal")), *goals]), ("owner", owners)):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - tells the type checker
            field.choices = choices


class LaterForm(_DayForm):
    """Another day to look again."""

    look_again_on = _day_field()


class CloseForm(forms.Form):
    """What came of it."""

    outcome = forms.CharField(
        label=_("What came of it?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
