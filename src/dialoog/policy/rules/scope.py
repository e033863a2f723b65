"""For which messages a rule holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from dialoog.policy.rules.facts import MessageFacts
from dialoog.policy.rules.params import LONGEST_ENTRY, MOST_ENTRIES, BrokenRule
from dialoog.policy.rules.reading import fold

LISTS: Final = (
    "kinds",
    "networks",
    "except_networks",
    "channels",
    "languages",
    "purposes",
    "subjects",
    "author_roles",
)
DAYS: Final = ("from_day", "until_day")


@dataclass(frozen=True)
class Scope:
    """A rule's scope: each list that isn't empty must hold one of the message's values."""

    lists: Mapping[str, tuple[str, ...]]
    from_day: date | None
    until_day: date | None

    def holds(self, facts: MessageFacts) -> bool:
        """Tell whether the rule is about this message.

        What nobody knows of a message (its network, channel, language, author or moment) can't keep a
        rule from holding; a purpose or subject that it simply doesn't have can.
        """
        return (
            self._one_of("kinds", facts.kind)
            and self._one_of_known("networks", facts.network)
            and self._one_of_known("channels", facts.channel_id)
            and self._one_of_known("languages", facts.language.partition("-")[0])
            and self._one_of("purposes", facts.purpose)
            and facts.network not in self.lists["except_networks"]
            and self._has_subject(facts)
            and self._written_by(facts)
            and self._on_day(facts)
        )

    def _one_of(self, name: str, value: str) -> bool:
        return not self.lists[name] or value in self.lists[name]

    def _one_of_known(self, name: str, value: str) -> bool:
        return not value or self._one_of(name, value)

    def _has_subject(self, facts: MessageFacts) -> bool:
        wanted = {fold(subject) for subject in self.lists["subjects"]}
        return not wanted or bool(wanted & {fold(subject) for subject in facts.subjects})

    def _written_by(self, facts: MessageFacts) -> bool:
        wanted = self.lists["author_roles"]
        return not wanted or not facts.author_roles or bool(facts.author_roles & set(wanted))

    def _on_day(self, facts: MessageFacts) -> bool:
        moment = facts.planned_at or facts.judged_at
        if moment is None:
            return True
        day = moment.astimezone(facts.zone).date()
        return (self.from_day is None or self.from_day <= day) and (
            self.until_day is None or day <= self.until_day
        )


def read_scope(given: object) -> Scope:
    """Read a scope from stored JSON.

    Errors: BrokenRule when a part is unknown or of another type than declared.
    """
    if not isinstance(given, Mapping):
        raise BrokenRule("scope", "not_an_object")
    if unknown := sorted(str(name) for name in given.keys() - {*LISTS, *DAYS}):
        raise BrokenRule(unknown[0], "unknown")
    first, last = (_day(name, given.get(name)) for name in DAYS)
    if first and last and last < first:
        raise BrokenRule("until_day", "out_of_range")
    return Scope({name: _list(name, given.get(name, ())) for name in LISTS}, first, last)


def _list(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(value) > MOST_ENTRIES:
        raise BrokenRule(name, "not_a_list")
    if not all(isinstance(entry, str) and 0 < len(entry) <= LONGEST_ENTRY for entry in value):
        raise BrokenRule(name, "not_a_text")
    return tuple(value)


def _day(name: str, value: Any) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BrokenRule(name, "not_a_day") from error
