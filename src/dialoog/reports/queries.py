"""What the one-page report says: three sentences, then one finding per part."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialoog.assess.queries import Standing, standing
from dialoog.core.clock import at_wall_time
from dialoog.inbox.queries import Promise, promise_kept, waiting_count
from dialoog.learning.models import Conclusion
from dialoog.learning.queries import latest
from dialoog.measurement.queries.books import books
from dialoog.measurement.queries.results import goal_progress, posts_out
from dialoog.measurement.rules.costs import Costs, costs_between
from dialoog.measurement.rules.periods import Period
from dialoog.measurement.words import cost_text, course_sentence, goal_row, verdict
from dialoog.organisations.models import Organisation
from dialoog.strategy.queries import open_goals
from dialoog.ui.formats import money
from dialoog.ui.rows import GoalRow

SHOWN_GOALS = 5
SHOWN_CONCLUSIONS = 4


@dataclass(frozen=True, kw_only=True)
class GoalLine:
    """A goal on the page: its bar, what may be said of its date, and what it cost."""

    row: GoalRow
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that the page shows of a period."""

    period: Period
    sentences: Sequence[str]
    goals: Sequence[GoalLine]
    floating: int
    costs: Costs
    costs_before: Costs
    cost_per_goal: Sequence[tuple[str, str]]
    posts: int
    promise: Promise
    waiting: int
    conclusions: Sequence[Conclusion]
    standing: Standing


def report_of(organisation: Organisation, chosen: Period, *, now: datetime) -> Report:
    """Read a period for the page; a fixed number of queries."""
    kept = books(chosen.before.first, chosen.last)
    costs = costs_between(kept, chosen.first, chosen.last)
    before = costs_between(kept, chosen.before.first, chosen.before.last)
    goals = open_goals()
    finished = [goal for goal in goals if goal.is_finished]
    items = goal_progress(organisation, finished, now=now, costs=costs.by_goal)
    first, last = bounds(chosen, organisation)
    posts = posts_out(first, last)
    promise = promise_kept(first, last)
    conclusions = latest(limit=SHOWN_CONCLUSIONS)
    return Report(
        period=chosen,
        sentences=[
            course_sentence(items),
            _money_sentence(costs, before, organisation.currency),
            _talk_sentence(posts, promise),
        ],
        goals=[
            GoalLine(
                row=goal_row(item, url="", currency=organisation.currency), sentence=verdict(item).sentence
            )
            for item in items[:SHOWN_GOALS]
        ],
        floating=sum(goal.is_floating for goal in goals),
        costs=costs,
        costs_before=before,
        cost_per_goal=_per_goal(costs, {goal.id: goal.title for goal in goals}, organisation.currency),
        posts=posts,
        promise=promise,
        waiting=waiting_count(),
        conclusions=conclusions,
        standing=standing(),
    )


def bounds(chosen: Period, organisation: Organisation) -> tuple[datetime, datetime]:
    """Return the first moment of a period and the first after it, in UTC."""
    return _midnight(chosen.first, organisation), _midnight(chosen.last + timedelta(days=1), organisation)


def _midnight(day: date, organisation: Organisation) -> datetime:
    return at_wall_time(day, time(0), organisation.zone).moment


def _money_sentence(costs: Costs, before: Costs, currency: str) -> str:
    if not costs.total.money and not costs.total.minutes:
        return _("What it cost is unknown: nobody wrote anything down.")
    said = {"money": money(costs.total.money, currency), "before": money(before.total.money, currency)}
    return _("It cost %(money)s; the period before %(before)s.") % said


def _talk_sentence(posts: int, promise: Promise) -> str:
    out = ngettext("%(n)s post went out", "%(n)s posts went out", posts) % {"n": posts}
    if not promise.answered:
        return _("%(out)s and nobody waited for an answer.") % {"out": out}
    said = {"out": out, "kept": promise.on_time, "all": promise.answered}
    return _("%(out)s, and %(kept)s of %(all)s answers kept the promise.") % said


def _per_goal(costs: Costs, titles: dict[int, str], currency: str) -> list[tuple[str, str]]:
    lines = sorted(costs.by_goal.items(), key=lambda item: item[1].money, reverse=True)
    return [
        (titles.get(goal_id, _("A closed goal")) if goal_id else _("No goal"), cost_text(spent, currency))
        for goal_id, spent in lines
    ]
