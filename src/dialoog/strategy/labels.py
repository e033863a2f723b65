"""The words of goals: what codes of the rules are called on a screen."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

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
        "profile": _("Being seen, a name, authority."),
        "relations": _("Making new contacts and keeping up old ones."),
        "recruitment": _("Finding new colleagues."),
        "knowledge": _("Sharing and gathering what people know."),
        "service": _("Answering questions and solving problems."),
        "advertising": _("Bringing an offer to people's notice."),
        "sales": _("Selling, in a web shop or otherwise."),
    }
)
STRATEGY_LABELS: Final = MappingProxyType(
    {
        "organisation": _("Strategy of the organisation"),
        "marketing": _("Marketing strategy"),
        "sales": _("Sales strategy"),
        "communication": _("Communication strategy"),
    }
)
METRIC_LABELS: Final = MappingProxyType(
    {
        "likes": _("Likes"),
        "reposts": _("Reposts"),
        "replies": _("Reactions"),
        "views": _("Views"),
        "followers": _("Followers"),
        "reads": _("Reads in the newsroom"),
        "posts": _("Posts published"),
        "conversations": _("Conversations answered"),
        "answered_on_time": _("Answered within the promise"),
        "hand": _("A number that you enter yourself"),
    }
)
GAP_LABELS: Final = MappingProxyType(
    {
        "purpose": _("the purpose it serves"),
        "why": _("why you want it"),
        "metric": _("the number that counts it"),
        "label": _("a name for your own number"),
        "channel": _("the channel it is counted on"),
        "target": _("how much you want to reach"),
        "baseline": _("where it stands now"),
        "starts_on": _("the day it begins"),
        "due_on": _("the day it must be reached"),
        "budget": _("what it may cost, in hours or money"),
        "owner": _("somebody who owns it"),
    }
)
OVER_LABELS: Final = MappingProxyType(
    {
        "goal": _("The posts of this goal"),
        "channel": _("One channel"),
        "all": _("All channels together"),
    }
)


def one_channel(name: str) -> str:
    """Return what a goal over one channel counts."""
    return gettext("Only %(channel)s") % {"channel": name}


SENTENCES: Final = MappingProxyType(
    {
        "title_empty": _("Give it a title, so that others recognise it."),
        "title_too_long": _("The title is too long: at most %(most)s characters."),
        "text_too_long": _("This text is too long: at most %(most)s characters."),
        "choice_unknown": _("Choose one of the options."),
        "counted_over_impossible": _("This number cannot be counted that way. Choose another way."),
        "number_negative": _("Use 0 or a number above it."),
        "number_too_large": _("This number is too large: at most %(most)s."),
        "target_is_baseline": _("This is where it stands now. Choose a number that differs from it."),
        "due_before_start": _("The day it must be reached has to come after the day it begins."),
        "expectation_unreadable": _(
            "Line %(line)s cannot be read. Write a day, a colon and a number, for instance “31 December: 450”."
        ),
        "expectation_too_long": _("At most %(most)s points on the way."),
        "expectation_twice": _("Two lines have the same day. Keep one of them."),
        "expectation_before_start": _("All points have to come after the day it begins."),
        "expectation_after_due": _("All points have to come before the day it must be reached."),
        "owner_unknown": _("Choose somebody who works with Dialoog here."),
        "strategic_goal_ended": _("This strategic goal has ended. Choose another one."),
        "day_unreadable": _("“%(text)s” is not a day. Write it as 31-12-2026 or 31 December."),
        "day_does_not_exist": _("This day does not exist. Look at day and month again."),
        "day_out_of_range": _("Choose a day between %(first)s and %(last)s."),
        "weekday_differs": _("The weekday does not fit the date. Correct one of the two."),
        "amount_unreadable": _("“%(text)s” is not a number. Write it as 1500 or 12.5."),
        "amount_ambiguous": _("“%(text)s” can be read in two ways. Write it as %(plain)s."),
        "amount_out_of_range": _("This number is too large."),
        "amount_not_finite": _("This is not a number."),
        "too_many_decimals": _("At most %(most)s decimals."),
        "currency_unknown": _("Write an amount in the currency of your organisation."),
        "currencies_differ": _("Write an amount in the currency of your organisation."),
        "goal_changed": _("Somebody changed this goal after you opened it. What you typed is still here."),
        "strategic_goal_changed": _(
            "Somebody changed this after you opened it. What you typed is still here."
        ),
        "goal_closed": _("This goal is closed. Open it again first."),
    }
)

assert set(PURPOSE_LABELS) == set(PURPOSES)  # noqa: S101 - a new purpose needs its word
assert set(METRIC_LABELS) == set(METRICS)  # noqa: S101 - and so does a metric
assert set(STRATEGY_LABELS) == set(STRATEGIES)  # noqa: S101 - and a strategy


def sentence(error: DomainError) -> str:
    """Say a refusal in words."""
    words = SENTENCES.get(error.code, _("This cannot be used here. Look at it again."))
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
    listed = gettext("%(first)s and %(last)s") % {"first": ", ".join(words), "last": last} if words else last
    return gettext("Still missing: %(gaps)s.") % {"gaps": listed}


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
        "views": ngettext("%(n)s view", "%(n)s views", count),
        "followers": ngettext("%(n)s follower", "%(n)s followers", count),
        "reads": ngettext("%(n)s read", "%(n)s reads", count),
        "posts": ngettext("%(n)s post", "%(n)s posts", count),
        "conversations": ngettext("%(n)s conversation answered", "%(n)s conversations answered", count),
        "answered_on_time": gettext("%(n)s answered within the promise"),
    }
    if metric in words:
        return words[metric] % {"n": said}
    return f"{said} {own}".strip()


def language() -> str:
    """Return nl or en, the language of the screen, in which numbers are typed."""
    return "en" if (get_language() or "nl").startswith("en") else "nl"


def _said(words: Mapping[str, object], key: str) -> str:
    return str(words.get(key, ""))
