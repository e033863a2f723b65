"""What a message must have: a finished goal, somebody's approval, an advertising label, a fitting hour."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from dialoog.policy.rules.facts import MessageFacts, Problem
from dialoog.policy.rules.reading import Reading, fold
from dialoog.policy.rules.words import WordList, quotes_of

DAY_NAMES: Final = ("mo", "tu", "we", "th", "fr", "sa", "su")
# Reclamecode Social Media & Influencer Marketing (www.reclamecode.nl): advertising must be recognisable.
LABELS: Final = (
    "advertentie",
    "reclame",
    "#adv",
    "#ad",
    "#reclame",
    "#advertentie",
    "#spon",
    "#gesponsord",
    "gesponsord",
    "betaalde samenwerking",
    "betaald partnerschap",
    "advertisement",
    "sponsored",
    "paid partnership",
)
CUES: Final = (
    "kortingscode",
    "in samenwerking met",
    "aangeboden door",
    "mogelijk gemaakt door",
    "discount code",
    "in partnership with",
    "brought to you by",
)


@lru_cache(maxsize=256)
def word_list(listed: tuple[str, ...]) -> WordList:
    """Return the words to look for, made once for each list."""
    return WordList(listed)


def goal(reading: Reading, facts: MessageFacts, params: Mapping[str, Any]) -> Iterator[Problem]:
    """A post names a goal, and that goal has its five answers."""
    if facts.kind != "post":
        return
    if not facts.goal_id:
        yield Problem(code="goal.missing", fix="choose_goal")
    elif params["finished"] and not facts.goal_finished:
        yield Problem(code="goal.unfinished", params={"goal_id": facts.goal_id}, fix="finish_goal")


def approval(reading: Reading, facts: MessageFacts, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Somebody with a role approves what is about these subjects; without subjects: everything."""
    about = params["about"]
    subjects = {fold(subject) for subject in facts.subjects}
    hits = word_list(about).find(reading)
    named = [word for word in about if fold(word) in subjects]
    named += [hit.listed for hit in hits if hit.listed not in named]
    if not about or named:
        found = {"about": list(dict.fromkeys(named))[:20]}
        yield Problem(
            code="approval.needed", params=found, quotes=quotes_of(reading, hits), fix="ask_approval"
        )


def advertising(reading: Reading, facts: MessageFacts, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Advertising says so; what only looks like it gets a question."""
    if facts.advertising_label.strip() or word_list(params["labels"]).find(reading):
        return
    hits = word_list(params["cues"]).find(reading)
    label = {"label": params["labels"][0]}
    if facts.advertising:
        yield Problem(
            code="advertising.no_label", params=label, quotes=quotes_of(reading, hits), fix="add_label"
        )
    elif hits:
        quotes = quotes_of(reading, hits)
        yield Problem(
            code="advertising.maybe", params=label, quotes=quotes, fix="add_label", at_most="advice"
        )


def hours(reading: Reading, facts: MessageFacts, params: Mapping[str, Any]) -> Iterator[Problem]:
    """It goes out in the hours on the organisation's wall; "22:00-06:00" belongs to the day it begins on."""
    if facts.planned_at is None:
        return
    at = facts.planned_at.astimezone(facts.zone)
    minute, first, last = at.hour * 60 + at.minute, params["from"], params["until"]
    days = {DAY_NAMES.index(name) for name in params["days"]}
    if first < last:
        is_open = first <= minute < last and at.weekday() in days
    else:
        begun_today, begun_yesterday = minute >= first, minute < last
        is_open = (begun_today and at.weekday() in days) or (
            begun_yesterday and (at.weekday() - 1) % 7 in days
        )
    if not is_open:
        yield Problem(
            code="hours.outside",
            params={
                "at": f"{at:%H:%M}",
                "day": DAY_NAMES[at.weekday()],
                "days": list(params["days"]),
                "from": _wall(first),
                "until": _wall(last),
            },
            fix="move",
        )


def _wall(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
