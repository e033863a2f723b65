"""What the page of today says: what waits, what goes out, are we on course, what did it cost, what did we learn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialoog.assess.queries import Standing
from dialoog.channels.models import Channel
from dialoog.channels.queries import connected_channels, publishing
from dialoog.channels.sentences import ends_soon
from dialoog.home.stations import Counts, facts_of
from dialoog.inbox.queries import next_waiting
from dialoog.learning.models import Conclusion
from dialoog.learning.queries import due, latest
from dialoog.measurement.queries.books import books
from dialoog.measurement.queries.results import GoalProgress, goal_progress
from dialoog.measurement.rules.costs import Costs, costs_between
from dialoog.measurement.rules.periods import period
from dialoog.measurement.words import goal_row
from dialoog.organisations.models import Member
from dialoog.organisations.roles import may
from dialoog.publishing.queries import Card, Trouble, failed_deliveries, next_out
from dialoog.strategy.queries import GoalBrief
from dialoog.ui.charts import Ladder, Segment, Share, ladder, stack
from dialoog.ui.formats import hours, money
from dialoog.ui.rows import ConversationRow, GoalRow

SHOWN_GOALS = 4


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the way through the method for who has just begun."""

    label: str
    why: str
    url: str
    is_done: bool


@dataclass(frozen=True, kw_only=True)
class Today:
    """All that the page shows."""

    sentence: str
    is_new: bool
    steps: Sequence[Step]
    lost_channels: Sequence[Channel]
    ending_channels: Sequence[Channel]
    troubles: Sequence[Trouble]
    conversations: Sequence[ConversationRow]
    cards: Sequence[Card]
    goals: Sequence[GoalRow]
    more_goals: int
    unfinished: Sequence[GoalBrief]
    cost: str
    cost_note: str
    cost_parts: Sequence[Segment]
    due: Sequence[Conclusion]
    learned: Sequence[Conclusion]
    counted: Counts
    ladder: Ladder | None
    standing: Standing


def today_of(member: Member, *, now: datetime) -> Today:
    """Read all that matters today for a member, in a fixed number of queries."""
    organisation = member.organisation
    facts = facts_of(member)
    day, counted, goals = facts.today, facts.counts, facts.goals
    month = period("maand", day)
    costs = costs_between(books(month.first, month.last), month.first, month.last)
    finished = [goal for goal in goals if goal.is_finished]
    items = goal_progress(organisation, finished[:SHOWN_GOALS], now=now, costs=costs.by_goal)
    cards = next_out(organisation.slug, now=now, until=_end_of(day, now, organisation), limit=6)
    told = facts.standing
    channels = connected_channels()
    steps = _steps(
        member,
        goals=goals,
        told=told,
        channels=publishing(channels),
        counted=counted,
    )
    waiting = next_waiting(organisation, now=now, limit=5) if may(member, "inbox.view") else []
    return Today(
        sentence=_sentence(counted, cards, day, may_see_inbox=may(member, "inbox.view")),
        is_new=not all(step.is_done for step in steps),
        steps=steps,
        lost_channels=[channel for channel in channels if channel.state == "needs_consent"],
        ending_channels=[channel for channel in channels if ends_soon(channel, now=now)],
        troubles=failed_deliveries(organisation.slug, limit=5),
        conversations=waiting,
        cards=cards,
        goals=_rows(items, member),
        more_goals=max(len(finished) - SHOWN_GOALS, 0),
        unfinished=[goal for goal in goals if not goal.is_finished],
        cost=money(costs.total.money, organisation.currency),
        cost_note=_cost_note(costs),
        cost_parts=_cost_parts(costs, organisation.currency),
        due=due(day),
        learned=latest(limit=2),
        counted=counted,
        ladder=_ladder(told),
        standing=told,
    )


def _end_of(day: date, now: datetime, organisation: Any) -> datetime:
    """Look a week ahead, so that a quiet day still shows what comes."""
    return now + timedelta(days=7)


def _rows(items: Sequence[GoalProgress], member: Member) -> list[GoalRow]:
    organisation = member.organisation
    return [
        goal_row(
            item,
            url=reverse("measurement:goal", args=[organisation.slug, item.goal.id]),
            currency=organisation.currency,
        )
        for item in items
    ]


def _sentence(counted: Counts, cards: Sequence[Card], day: date, *, may_see_inbox: bool) -> str:
    parts = []
    if may_see_inbox:
        waiting = ngettext(
            "%(n)s conversation waits for an answer",
            "%(n)s conversations wait for an answer",
            counted.conversations,
        )
        parts.append(
            waiting % {"n": counted.conversations}
            if counted.conversations
            else _("Nobody waits for an answer")
        )
    leaving = sum(1 for card in cards if card.due_at and timezone.localdate(card.due_at) == day)
    out = ngettext("%(n)s post goes out today", "%(n)s posts go out today", leaving)
    parts.append(out % {"n": leaving} if leaving else _("nothing goes out today"))
    if counted.approvals:
        asked = ngettext("%(n)s waits for approval", "%(n)s wait for approval", counted.approvals)
        parts.append(asked % {"n": counted.approvals})
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _cost_note(costs: Costs) -> str:
    total = costs.total
    if not total.minutes and not total.money:
        return _("Nothing has been written down this month.")
    if total.unpriced:
        return _("%(hours)s of work, part of it without a rate.") % {"hours": hours(total.hours)}
    return _("%(hours)s of work.") % {"hours": hours(total.hours)}


def _cost_parts(costs: Costs, currency: str) -> list[Segment]:
    labels = {
        "making": _("Making posts"),
        "answering": _("Answering"),
        "other": _("Other work"),
        "money": _("Tools and other costs"),
    }
    sums = {name: costs.by_activity.get(name) for name in ("making", "answering")}
    parts = [
        Share(labels[name], float(found.money), money(found.money, currency), hours(found.hours))
        for name, found in sums.items()
        if found and found.money
    ]
    rest = [found for name, found in costs.by_activity.items() if name not in sums]
    other = sum((found.money for found in rest), start=costs.total.money * 0)
    if other:
        parts.append(Share(labels["other"], float(other), money(other, currency)))
    if costs.total.other_money:
        spent = costs.total.other_money
        parts.append(Share(labels["money"], float(spent), money(spent, currency)))
    return stack(parts) if parts else []


def _ladder(told: Standing) -> Ladder | None:
    if told.phase_low is None:
        return None
    votes = {low: count for (low, _high), count in told.dots.items()}
    return ladder(told.phase_low, votes)


def _steps(
    member: Member,
    *,
    goals: Sequence[GoalBrief],
    told: Standing,
    channels: Sequence[Channel],
    counted: Counts,
) -> list[Step]:
    """Return the way from scan to post, as far as this person may go it."""
    wanted = [
        (
            "assess:scan",
            "scan.answer",
            _("Answer the growth scan"),
            _("Four questions: where do you stand?"),
            told.phase_low is not None or told.answered > 0,
        ),
        (
            "strategy:plan",
            "strategy.edit",
            _("Set a goal"),
            _("Why, how much, by when, at what cost?"),
            any(goal.is_finished for goal in goals),
        ),
        (
            "policy:handbook",
            "policy.accept",
            _("Read and accept the policy"),
            _("The rules that Dialoog keeps with you."),
            counted.has_accepted,
        ),
        (
            "channels:channels",
            "channel.manage",
            _("Connect a channel"),
            _("The newsroom is on already; Bluesky and Mastodon take a minute."),
            any(channel.network != "newsroom" for channel in channels),
        ),
        (
            "publishing:post-new",
            "post.write",
            _("Write a post"),
            _("Under a goal, under your rules."),
            counted.has_posts,
        ),
    ]
    return [
        Step(label=label, why=why, url=reverse(name, args=[member.organisation.slug]), is_done=is_done)
        for name, permission, label, why, is_done in wanted
        if may(member, permission)
    ]
