"""Goals and costs in sentences: what is known, and what is not."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialoog.measurement.queries.results import GoalProgress
from dialoog.measurement.rules.costs import Sum
from dialoog.strategy.rules import METRICS
from dialoog.ui.charts import bullet
from dialoog.ui.formats import day, day_year, hours, money_round, number
from dialoog.ui.rows import GoalRow, State, Tone


@dataclass(frozen=True)
class Verdict:
    """A state in one word, with its tone and icon, and the sentence that explains it."""

    state: State
    sentence: str


_STATES: dict[str, tuple[Tone, str]] = {
    "reached": ("good", "circle-check"),
    "likely": ("good", "trend"),
    "open": ("warn", "hourglass"),
    "unlikely": ("bad", "alert"),
    "missed": ("bad", "alert"),
    "cannot_tell": ("calm", "hourglass"),
    "no_reading": ("calm", "hourglass"),
    "not_started": ("calm", "clock"),
    "no_number": ("warn", "alert"),
}


def verdict(item: GoalProgress) -> Verdict:
    """Say how a goal stands, and admit what can't be known yet."""
    code = item.progress.verdict
    tone, icon = _STATES[code]
    return Verdict(State(label=_label(code), tone=tone, icon=icon), _sentence(item))


def _label(code: str) -> str:
    return {
        "reached": _("Reached"),
        "likely": _("On course"),
        "open": _("Could go either way"),
        "unlikely": _("Not on course"),
        "missed": _("Not reached"),
        "cannot_tell": _("Cannot tell yet"),
        "no_reading": _("Nothing counted yet"),
        "not_started": _("Not started"),
        "no_number": _("Unfinished"),
    }[code]


def _sentence(item: GoalProgress) -> str:
    code, forecast = item.progress.verdict, item.progress.forecast
    if forecast and item.goal.due_on:
        words = {
            "low": figure(item, forecast.low),
            "high": figure(item, forecast.high),
            "middle": figure(item, forecast.middle),
            "day": day_year(item.goal.due_on),
        }
        return (
            _("On %(day)s between %(low)s and %(high)s, most likely %(middle)s, if it goes on like this.")
            % words
        )
    if code == "cannot_tell" and item.progress.more_weeks:
        weeks = item.progress.more_weeks
        text = ngettext(
            "A forecast needs %(weeks)s more week of figures.",
            "A forecast needs %(weeks)s more weeks of figures.",
            weeks,
        )
        return text % {"weeks": weeks}
    if item.progress.margin:
        low, high = item.progress.margin
        words = {"low": number(low), "high": number(high)}
        return _("With so few cases the true share lies between %(low)s and %(high)s %%.") % words
    return _plain_sentence(code)


def _plain_sentence(code: str) -> str:
    return {
        "reached": _("The number that you set has been reached."),
        "missed": _("The date has passed and the number was not reached."),
        "cannot_tell": _("Without a date there is nothing to look ahead to."),
        "no_reading": _("Nothing has been counted yet."),
        "not_started": _("It begins later."),
        "no_number": _("Say which number counts it and what is to be reached."),
    }.get(code, "")


def figure(item: GoalProgress, value: float | None) -> str:
    """Write a number as people read it: a share with a percent sign."""
    if value is None:
        return "-"
    digits = 1 if item.goal.metric == "hand" and value != int(value) else 0
    text = number(value, digits)
    return f"{text} %" if _kind(item) == "ratio" else text


def _kind(item: GoalProgress) -> str:
    return METRICS[item.goal.metric].kind if item.goal.metric in METRICS else "flow"


def goal_row(item: GoalProgress, *, url: str, currency: str) -> GoalRow:
    """Return the row of a goal: its bar, its state and one fact."""
    goal, progress = item.goal, item.progress
    told = verdict(item)
    target, value = float(goal.target or 0), progress.value or 0.0
    of = ""
    if goal.target is not None and goal.due_on is not None:
        of = _("of %(target)s by %(day)s") % {"target": figure(item, target), "day": day(goal.due_on)}
    return GoalRow(
        name=goal.title,
        value=figure(item, progress.value),
        of=of,
        bar=bullet(value, target or 1.0, progress.expected),
        state=told.state,
        fact=" · ".join(filter(None, [goal.metric_label, cost_text(item.costs, currency)])),
        url=url,
    )


def cost_text(costs: Sum, currency: str) -> str:
    """Say what something cost: money, and hours that have no rate beside it."""
    if not costs.minutes and not costs.money:
        return ""
    parts = [money_round(costs.money, currency)] if costs.money else []
    if costs.minutes:
        parts.append(hours(costs.hours))
    text = _("cost %(parts)s") % {"parts": ", ".join(parts)}
    if costs.unpriced:
        unpriced = hours(Decimal(costs.unpriced) / 60)
        return text + " " + _("(of which %(hours)s without a rate)") % {"hours": unpriced}
    return text


def course_sentence(items: list[GoalProgress]) -> str:
    """Say in one sentence whether the goals are on course."""
    if not items:
        return _("There are no goals yet, so nobody can say whether you are on course.")
    good = sum(1 for item in items if item.progress.verdict in {"reached", "likely"})
    bad = sum(1 for item in items if item.progress.verdict in {"unlikely", "missed"})
    words = {"good": good, "all": len(items), "bad": bad, "unknown": len(items) - good - bad}
    return (
        _(
            "Of %(all)s goals %(good)s are on course, %(bad)s are not, and of %(unknown)s it is too early to say."
        )
        % words
    )
