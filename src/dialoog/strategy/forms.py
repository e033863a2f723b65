"""The forms of the strategy: everything but a title may stay open, and what was typed is kept."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from dialoog.core.clock import parse_day
from dialoog.core.errors import DomainError, Invalid
from dialoog.core.money import NumberLanguage, parse_money
from dialoog.core.offers import channel_names
from dialoog.organisations.models import Member
from dialoog.strategy.actions import GoalContent
from dialoog.strategy.labels import (
    METRIC_LABELS,
    OVER_LABELS,
    PURPOSE_LABELS,
    STRATEGY_LABELS,
    language,
    one_channel,
    sentence,
)
from dialoog.strategy.models import Goal, StrategicGoal
from dialoog.strategy.rules import METRICS, Point

# Before the channel's id in the choice of what is counted.
_ONE_CHANNEL: Final = "channel:"
_UNIT: Final = re.compile(r"\s*(%|u|uur|uren|h|hours?)\s*$", re.IGNORECASE)


class DayField(forms.CharField):
    """A day as people type it: 31 december, 31-12-2026, morgen."""

    today: date = date.min

    def clean(self, value: Any) -> Any:
        """Return the day, or None when nothing was typed."""
        typed = super().clean(value).strip()
        try:
            return parse_day(typed, today=self.today) if typed else None
        except Invalid as error:
            raise forms.ValidationError(sentence(error)) from error


class NumberField(forms.CharField):
    """A number as people type it, with or without its unit: 1.500, 12,5 uur, 90%, € 250."""

    currency: str = "EUR"

    def clean(self, value: Any) -> Any:
        """Return the number, or None when nothing was typed."""
        typed = super().clean(value).strip()
        try:
            return read_number(typed, self.currency) if typed else None
        except Invalid as error:
            raise forms.ValidationError(sentence(error)) from error


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, also when it is nothing; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def read_number(typed: str, currency: str = "EUR") -> Decimal:
    """Read a number in the language of the screen. Errors: Invalid at amount or currency."""
    spoken: NumberLanguage = "en" if language() == "en" else "nl"
    found = parse_money(_UNIT.sub("", typed), language=spoken, currency=currency)
    if found.currency != currency:
        raise Invalid("currency", "currencies_differ")
    return found.amount


def typed_number(value: Decimal | None) -> str:
    """Return a number as it would be typed in the language of the screen."""
    if value is None:
        return ""
    plain = format(value.normalize(), "f")
    return plain if language() == "en" else plain.replace(".", ",")


def typed_day(day: date | None) -> str:
    """Return a day as it would be typed."""
    return day.strftime("%d-%m-%Y") if day else ""


class RefusableForm(forms.Form):
    """A form at whose fields the refusal of an action can be shown."""

    def refuse(self, error: DomainError) -> None:
        """Show a refusal at its field, or above the form when it has none."""
        field = error.field if isinstance(error, Invalid) and error.field in self.fields else None
        self.add_error(field, sentence(error))


class GoalForm(RefusableForm):
    """The five questions of a goal; each may stay open."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=_("What do you call this goal?"),
        help_text=_("A few words, for instance “More followers in the neighbourhood”."),
        error_messages={"required": _("Give it a title, so that others recognise it.")},
    )
    why = forms.CharField(
        label=_("Why do you want this?"),
        required=False,
        help_text=_("What goes better for the people you do it for, and for the organisation?"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    purpose = forms.ChoiceField(
        label=_("Which purpose does it serve most?"), required=False, widget=forms.RadioSelect
    )
    strategic_goal = forms.TypedChoiceField(
        label=_("Which goal of the organisation does it help?"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("A goal that helps none is called floating, and is listed as such."),
    )
    metric = forms.ChoiceField(
        label=_("Which number shows that it works?"),
        required=False,
        help_text=_("Dialoog counts all of these itself, except a number that you enter yourself."),
    )
    metric_label = forms.CharField(
        label=_("What does your own number count?"),
        required=False,
        help_text=_("Only for a number that you enter yourself, for instance “subscribers”."),
    )
    target = NumberField(
        label=_("How much do you want to reach?"), required=False, help_text=_("For instance 600 or 90%.")
    )
    counted_over = forms.ChoiceField(
        label=_("What is counted?"),
        required=False,
        help_text=_("Choose nothing, and Dialoog counts in the usual way for this number."),
        widget=forms.RadioSelect,
    )
    baseline = NumberField(
        label=_("Where does it stand now?"),
        required=False,
        help_text=_("Needed for a level, such as followers. What adds up begins at 0."),
    )
    starts_on = DayField(
        label=_("When does it begin?"), required=False, help_text=_("For instance 1 January.")
    )
    due_on = DayField(
        label=_("By when must it be reached?"), required=False, help_text=_("For instance 31 December.")
    )
    expectation = forms.CharField(
        label=_("What do you expect on the way?"),
        required=False,
        help_text=_(
            "A day, a colon and a number on each line, for instance “1 September: 450”. "
            "Leave it open for a straight line."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    budget_hours = NumberField(
        label=_("How many hours may it take?"), required=False, help_text=_("Altogether, of everybody.")
    )
    budget_money = NumberField(
        label=_("How much money may it cost?"), required=False, help_text=_("Besides those hours.")
    )
    owner = forms.TypedChoiceField(label=_("Who owns it?"), required=False, coerce=int, empty_value=None)

    def __init__(
        self,
        *args: Any,
        today: date,
        currency: str,
        owners: Sequence[Member],
        strategic_goals: Sequence[StrategicGoal],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.owners: Mapping[int, Member] = {member.pk: member for member in owners}
        self.strategic_goals: Mapping[int, StrategicGoal] = {one.pk: one for one in strategic_goals}
        self.today = today
        for field in self.fields.values():
            if isinstance(field, DayField):
                field.today = today
            if isinstance(field, NumberField):
                field.currency = currency
        self._offer("purpose", PURPOSE_LABELS.items())
        self._offer(
            "strategic_goal", [("", _("None yet")), *((k, str(v)) for k, v in self.strategic_goals.items())]
        )
        self._offer("metric", [("", _("Not chosen yet")), *METRIC_LABELS.items()])
        self._offer("counted_over", self._overs())
        self._offer("owner", [("", _("Nobody yet")), *((k, str(v)) for k, v in self.owners.items())])

    def _overs(self) -> list[tuple[str, Any]]:
        """Return all ways of counting, with each channel, and the one that is kept though it's gone."""
        whole = [(over, OVER_LABELS[over]) for over in ("goal", "all")]
        names = dict(channel_names())
        if (kept := _channel_of(self.initial.get("counted_over") or "")) and str(kept) not in names:
            names[str(kept)] = f"#{kept}"
        return [*whole, *((f"{_ONE_CHANNEL}{key}", one_channel(name)) for key, name in names.items())]

    def _offer(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        """Read the points on the way, with years as they follow from the first day."""
        data = super().clean() or {}
        first = data.get("starts_on") or self.today
        points = []
        lines = [line.strip() for line in data.get("expectation", "").splitlines()]
        for number, line in enumerate(lines, start=1):
            if line:
                points.append(self._point(number, line, first))
        data["points"] = tuple(point for point in points if point)
        return data

    def _point(self, number: int, line: str, first: date) -> Point | None:
        day, _mark, value = line.rpartition(":")
        try:
            return Point(parse_day(day, today=first), read_number(value))
        except Invalid:
            self.refuse(Invalid("expectation", "expectation_unreadable", {"line": number}))
            return None

    def content(self) -> GoalContent:
        """Return what was typed, as the action takes it; only after `is_valid`."""
        data = self.cleaned_data
        plain = ("title", "why", "purpose", "metric", "metric_label", "target", "baseline")
        channel = _channel_of(data["counted_over"])
        return GoalContent(
            **{name: data[name] for name in plain},
            **{name: data[name] for name in ("starts_on", "due_on", "budget_hours", "budget_money")},
            expectation=data["points"],
            counted_over="channel" if channel else data["counted_over"],
            counted_channel_id=channel,
            strategic_goal=self.strategic_goals.get(data["strategic_goal"] or 0),
            owner=self.owners.get(data["owner"] or 0),
        )


def _channel_of(chosen: str) -> int | None:
    """Return the channel of a choice such as channel:7."""
    return int(chosen.removeprefix(_ONE_CHANNEL)) if chosen.startswith(_ONE_CHANNEL) else None


def initial_of(goal: Goal) -> dict[str, Any]:
    """Return a goal as it would be typed into its form."""
    numbers = {name: typed_number(getattr(goal, name)) for name in _NUMBERS}
    days = {name: typed_day(getattr(goal, name)) for name in ("starts_on", "due_on")}
    plain = {name: getattr(goal, name) for name in _PLAIN}
    points = [
        f"{typed_day(date.fromisoformat(on))}: {typed_number(Decimal(value))}"
        for on, value in goal.expectation
    ]
    return {**plain, **numbers, **days, "expectation": "\n".join(points), **_chosen(goal)}


_PLAIN: Final = ("revision", "title", "why", "purpose", "metric", "metric_label")
_NUMBERS: Final = ("target", "baseline", "budget_hours", "budget_money")


def _chosen(goal: Goal) -> dict[str, Any]:
    over = goal.counted_over if goal.metric in METRICS else ""
    is_one = over == "channel" and goal.counted_channel_id is not None
    return {
        "counted_over": f"{_ONE_CHANNEL}{goal.counted_channel_id}" if is_one else over,
        "strategic_goal": goal.strategic_goal_id or "",
        "owner": goal.owner_id or "",
    }


class StrategicGoalForm(RefusableForm):
    """What the organisation as a whole wants."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=_("What does the organisation want?"),
        help_text=_("One sentence, for instance “Everybody in the neighbourhood knows where we are”."),
        error_messages={"required": _("Give it a title, so that others recognise it.")},
    )
    strategy = forms.ChoiceField(
        label=_("In which strategy does it stand?"), choices=STRATEGY_LABELS.items(), widget=forms.RadioSelect
    )
    description = forms.CharField(
        label=_("What belongs to it?"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class CloseForm(RefusableForm):
    """What came of a goal that closes."""

    note = forms.CharField(
        label=_("What came of it?"),
        required=False,
        help_text=_("Reached, stopped or replaced, and why. It stays with the goal."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
