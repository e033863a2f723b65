"""The forms for hours, rates, costs and numbers that only people know."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dialoog.core.clock import parse_day
from dialoog.core.errors import Invalid
from dialoog.core.money import Money, parse_money
from dialoog.measurement.rules.times import parse_minutes, parse_number
from dialoog.measurement.sentences import sentence

T = TypeVar("T")
ACTIVITY_LABELS = [
    ("making", _("Making posts")),
    ("answering", _("Answering people")),
    ("planning", _("Planning and measuring")),
    ("meeting", _("Meeting")),
    ("other", _("Something else")),
]
KIND_LABELS = [
    ("tools", _("Tools and subscriptions")),
    ("advertising", _("Advertising")),
    ("training", _("Training")),
    ("set_up", _("Set-up")),
    ("other", _("Something else")),
]


class Typed(forms.CharField):
    """A field whose text a reader of ours turns into a value; its refusal becomes the field's error."""

    def __init__(self, read: Callable[[str], Any] | None = None, **options: Any) -> None:
        super().__init__(max_length=200, **options)
        self.read = read

    def clean(self, value: Any) -> Any:
        """Return the value that was read; an empty text that isn't required is None."""
        text = super().clean(value)
        if not text and not self.required:
            return None
        try:
            return self.read(text) if self.read else text
        except Invalid as error:
            raise forms.ValidationError(sentence(error)) from error


def read_past_day(text: str, today: date) -> date:
    """Read a day, taking one without a year as the last time that it was.

    Errors: as core.clock.parse_day.
    """
    found = parse_day(text, today=today)
    if found <= today or str(found.year) in text:
        return found
    try:
        return found.replace(year=found.year - 1)
    except ValueError:
        return found


class _GoalForm(forms.Form):
    """A form that knows today, and the goals to choose from as (id, title)."""

    def __init__(
        self, *args: Any, today: date, goals: list[tuple[int, str]] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.today = today
        if "goal" in self.fields:
            field = self.fields["goal"]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - tells the type checker
            field.choices = [("", _("No goal")), *(goals or [])]

    def refuse(self, error: Invalid) -> None:
        """Show an action's refusal at its field."""
        self.add_error(error.field if error.field in self.fields else None, sentence(error))


def _goal_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=_("Goal"), required=False, coerce=int, empty_value=None, choices=[])


class HoursForm(_GoalForm):
    """Time spent on a day."""

    day = Typed(label=_("Day"), help_text=_("For instance today, monday or 26-11."))
    time = Typed(parse_minutes, label=_("Time"), help_text=_("For instance 1:30, 1,5 or 45 min."))
    activity = forms.ChoiceField(label=_("Spent on"), choices=ACTIVITY_LABELS, widget=forms.RadioSelect)
    goal = _goal_field()
    note = forms.CharField(label=_("Note"), required=False, max_length=200)

    def clean_day(self) -> date:
        """Read the day as one in the past."""
        return _read(lambda: read_past_day(self.cleaned_data["day"], self.today))


class RateForm(_GoalForm):
    """What an hour costs."""

    per_hour = Typed(label=_("An hour costs"), help_text=_("Wages with all charges, for instance 48,50."))
    starts_on = Typed(label=_("From"), help_text=_("For instance 1 January 2026."))
    member = forms.TypedChoiceField(label=_("For"), required=False, coerce=int, empty_value=None, choices=[])

    def __init__(self, *args: Any, currency: str, members: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = currency
        field = self.fields["member"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [("", _("Everybody")), *members]

    def clean_per_hour(self) -> Money:
        """Read the amount."""
        return _read(lambda: read_money(self.cleaned_data["per_hour"], self.currency))

    def clean_starts_on(self) -> date:
        """Read the day."""
        return _read(lambda: read_past_day(self.cleaned_data["starts_on"], self.today))


class CostForm(_GoalForm):
    """Money spent, once or every month."""

    amount = Typed(label=_("Amount"), help_text=_("For instance 125,50."))
    kind = forms.ChoiceField(label=_("Spent on"), choices=KIND_LABELS, widget=forms.RadioSelect)
    day = Typed(label=_("Day"), help_text=_("For a monthly cost: the first day."))
    is_monthly = forms.BooleanField(label=_("Every month"), required=False)
    ends_on = Typed(label=_("Until"), required=False, help_text=_("Only for a monthly cost that ends."))
    goal = _goal_field()
    note = forms.CharField(label=_("Note"), required=False, max_length=200)

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = currency

    def clean_amount(self) -> Money:
        """Read the amount."""
        return _read(lambda: read_money(self.cleaned_data["amount"], self.currency))

    def clean_day(self) -> date:
        """Read the day."""
        return _read(lambda: read_past_day(self.cleaned_data["day"], self.today))

    def clean_ends_on(self) -> date | None:
        """Read the last day, if there is one."""
        typed = self.cleaned_data["ends_on"]
        return _read(lambda: parse_day(typed, today=self.today)) if typed else None


class NormForm(forms.Form):
    """For how many minutes a piece of work in Dialoog counts."""

    making = forms.IntegerField(label=_("A post that went out"), min_value=0, max_value=480)
    answering = forms.IntegerField(label=_("An answer that was given"), min_value=0, max_value=480)


class ValueForm(_GoalForm):
    """A number that only people know, on a day."""

    value = Typed(parse_number, label=_("Number"))
    day = Typed(label=_("Counted on"), help_text=_("For instance today or 26-11."))
    note = forms.CharField(
        label=_("Where it comes from"),
        max_length=200,
        help_text=_("For instance: the till, the web statistics."),
    )

    def clean_day(self) -> date:
        """Read the day as one in the past."""
        return _read(lambda: read_past_day(self.cleaned_data["day"], self.today))


class YearlyForm(forms.Form):
    """Four hours a week of a manager: what is that a year?"""

    hours = Typed(parse_number, label=_("Hours a week"))
    per_hour = Typed(label=_("An hour costs"))

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = currency

    def clean_per_hour(self) -> Decimal:
        """Read the amount."""
        return _read(lambda: read_money(self.cleaned_data["per_hour"], self.currency)).amount


def read_money(text: str, currency: str) -> Money:
    """Read an amount in the way of the active language.

    Errors: as core.money.parse_money.
    """
    return parse_money(
        text, language="nl" if (get_language() or "nl")[:2] == "nl" else "en", currency=currency
    )


def _read(reader: Callable[[], T]) -> T:
    try:
        return reader()
    except Invalid as error:
        raise forms.ValidationError(sentence(error)) from error
