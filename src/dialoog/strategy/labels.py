"""The words of goals: what codes of the rules are called on a screen."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from dialoog.core.errors import DomainError
from dialoog.strategy.rules import METRICS, PURPOSES, STRATEGIES
from dialoog.ui.formats import number

PURPOSE_LABELS: Final = MappingProxyType(
    {
        "profile": pgettext_lazy("purpose", "Profile"),
        "relations": pgettext_lazy("purpose", "Relations"),
        "recruitment": pgettext_lazy("purpose", "Recruitment"),
        "knowledge": pgettext_lazy("purpose", "Knowledge"),
        "service": pgettext_lazy("purpose", "Service"),
        "advertising": pgettext_lazy("purpose", "Advertising"),
        "sales": pgettext_lazy("purpose", "Sales"),
    }
)
PURPOSE_HINTS: Final = MappingProxyType(
    {
        "profile": lazy("Being seen, a name, authority."),
        "relations": lazy("Making new contacts and keeping up old ones."),
        "recruitment": lazy("Finding new colleagues."),
        "knowledge": lazy("Sharing and gathering what people know."),
        "service": lazy("Answering questions and solving problems."),
        "advertising": lazy("Bringing an offer to people's notice."),
        "sales": lazy("Selling, in a web shop or otherwise."),
    }
)
STRATEGY_LABELS: Final = MappingProxyType(
    {
        "organisation": lazy("Strategy of the organisation"),
        "marketing": lazy("Marketing strategy"),
        "sales": lazy("Sales strategy"),
        "communication": lazy("Communication strategy"),
    }
)
METRIC_LABELS: Final = MappingProxyType(
    {
        "likes": lazy("Likes"),
        "reposts": lazy("Reposts"),
        "replies": lazy("Reactions"),
        "followers": lazy("Followers"),
        "reads": lazy("Reads in the newsroom"),
        "posts": lazy("Posts published"),
        "conversations": lazy("Conversations answered"),
        "answered_on_time": lazy("Answered within the promise"),
        "hand": lazy("A number that you enter yourself"),
    }
)
GAP_LABELS: Final = MappingProxyType(
    {
        "purpose": lazy("the purpose it serves"),
        "why": lazy("why you want it"),
        "metric": lazy("the number that counts it"),
        "label": lazy("a name for your own number"),
        "channel": lazy("the channel it is counted on"),
        "target": lazy("how much you want to reach"),
        "baseline": lazy("where it stands now"),
        "starts_on": lazy("the day it begins"),
        "due_on": lazy("the day it must be reached"),
        "budget": lazy("what it may cost, in hours or money"),
        "owner": lazy("somebody who owns it"),
    }
)
OVER_LABELS: Final = MappingProxyType(
    {
        "goal": lazy("The posts of this goal"),
        "channel": lazy("One channel"),
        "all": lazy("All channels together"),
    }
)
SENTENCES: Final = MappingProxyType(
    {
        "title_empty": lazy("Give it a title, so that others recognise it."),
        "title_too_long": lazy("The title is too long: at most %(most)s characters."),
        "text_too_long": lazy("This text is too long: at most %(most)s characters."),
        "choice_unknown": lazy("Choose one of the options."),
        "counted_over_impossible": lazy("This number cannot be counted that way. Choose another way."),
        "number_negative": lazy("Use 0 or a number above it."),
        "number_too_large": lazy("This number is too large: at most %(most)s."),
        "target_is_baseline": lazy("This is where it stands now. Choose a number that differs from it."),
        "due_before_start": lazy("The day it must be reached has to come after the day it begins."),
        "expectation_unreadable": lazy(
            "Line %(line)s cannot be read. Write a day, a colon and a number, for instance “31 December: 450”."
        ),
        "expectation_too_long": lazy("At most %(most)s points on the way."),
        "expectation_twice": lazy("Two lines have the same day. Keep one of them."),
        "expectation_before_start": lazy("All points have to come after the day it begins."),
        "expectation_after_due": lazy("All points have to come before the day it must be reached."),
        "owner_unknown": lazy("Choose somebody who works with Dialoog here."),
        "strategic_goal_ended": lazy("This strategic goal has ended. Choose another one."),
        "day_unreadable": lazy("“%(text)s” is not a day. Write it as 31-12-2026 or 31 December."),
        "day_does_not_exist": lazy("This day does not exist. Look at day and month again."),
        "day_out_of_range": lazy("Choose a day between %(first)s and %(last)s."),
        "weekday_differs": lazy("The weekday does not fit the date. Correct one of the two."),
        "amount_unreadable": lazy("“%(text)s” is not a number. Write it as 1500 or 12.5."),
        "amount_ambiguous": lazy("“%(text)s” can be read in two ways. Write it as %(plain)s."),
        "amount_out_of_range": lazy("This number is too large."),
        "amount_not_finite": lazy("This is not a number."),
        "too_many_decimals": lazy("At most %(most)s decimals."),
        "currency_unknown": lazy("Write an amount in the currency of your organisation."),
        "currencies_differ": lazy("Write an amount in the currency of your organisation."),
        "goal_changed": lazy("Somebody changed this goal after you opened it. What you typed is still here."),
        "strategic_goal_changed": lazy(
            "Somebody changed this after you opened it. What you typed is still here."
        ),
        "goal_closed": lazy("This goal is closed. Open it again first."),
    }
)

assert set(PURPOSE_LABELS) == set(PURPOSES)  # noqa: S101 - a new purpose needs its word
assert set(METRIC_LABELS) == set(METRICS)  # noqa: S101 - and so does a metric
assert set(STRATEGY_LABELS) == set(STRATEGIES)  # noqa: S101 - and a strategy


def sentence(error: DomainError) -> str:
    """Say a refusal in words."""
    words = SENTENCES.get(error.code, lazy("This cannot be used here. Look at it again."))
    return str(words) % error.params


def purpose_label(key: str) -> str:
    """Return the word for a purpose; empty while none is chosen."""
    return _said(PURPOSE_LABELS, key)


def metric_label(key: str, own: str = "") -> str:
    """Return the name of a metric; `own` names the number that is entered by hand."""
    return own or _said(METRIC_LABELS, key)


def gap_words(found: Sequence[str]) -> list[str]:
    """Return what is missing, in words, in the same order."""
    return [_said(GAP_LABELS, gap) for gap in found]


def gap_sentence(found: Sequence[str]) -> str:
    """Return "Still missing: a, b and c."; empty when nothing is."""
    words = gap_words(found)
    if not words:
        return ""
    last = words.pop()
    listed = _("%(first)s and %(last)s") % {"first": ", ".join(words), "last": last} if words else last
    return _("Still missing: %(gaps)s.") % {"gaps": listed}


def amount(value: Decimal | None, metric: str) -> str:
    """Return a number as people read it in the unit of its metric; empty when there is none."""
    if value is None:
        return ""
    digits = 0 if value == value.to_integral_value() else 2 if value != round(value, 1) else 1
    said = number(value, digits)
    return f"{said}%" if metric in METRICS and METRICS[metric].unit == "percent" else said


def counted(value: Decimal | None, metric: str, own: str = "") -> str:
    """Return "600 followers": a number with what it counts."""
    if value is None:
        return ""
    said, count = amount(value, metric), int(value) if value == int(value) else 2
    words = {
        "likes": ngettext("%(n)s like", "%(n)s likes", count),
        "reposts": ngettext("%(n)s repost", "%(n)s reposts", count),
        "replies": ngettext("%(n)s reaction", "%(n)s reactions", count),
        "followers": ngettext("%(n)s follower", "%(n)s followers", count),
        "reads": ngettext("%(n)s read", "%(n)s reads", count),
        "posts": ngettext("%(n)s post", "%(n)s posts", count),
        "conversations": ngettext("%(n)s conversation answered", "%(n)s conversations answered", count),
        "answered_on_time": _("%(n)s answered within the promise"),
    }
    if metric in words:
        return words[metric] % {"n": said}
    return f"{said} {own}".strip()


def language() -> str:
    """Return nl or en, the language of the screen, in which numbers are typed."""
    return "en" if (get_language() or "nl").startswith("en") else "nl"


def _said(words: Mapping[str, object], key: str) -> str:
    return str(words.get(key, ""))
