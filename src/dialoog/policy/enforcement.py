"""What Dialoog does with a rule, as one sentence: "Posts about *elections* need approval of *approver*"."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialoog.policy.rules import KINDS, BrokenRule, RuleData, check_rule
from dialoog.policy.rules.params import read_params
from dialoog.policy.words import (
    day_names,
    language_name,
    listing,
    message_kinds,
    network_name,
    personal_name,
    purpose_name,
    role_name,
    shown,
)
from dialoog.ui.formats import day_year
from dialoog.ui.formats import number as written

MOST_SHOWN: Final = 4
Params = Mapping[str, Any]


def enforcement(rule: RuleData, *, channels: Mapping[str, str] | None = None) -> SafeString:
    """Return what is enforced, with what was chosen emphasised; every value is escaped.

    `channels` are the names of channels by id; one without a name is shown by its number.
    """
    if not rule.kind:
        return format_html("{}", _("This one is for people: Dialoog doesn't check it."))
    try:
        check_rule(rule)
    except BrokenRule:
        return format_html("{}", _("This rule can't be read. Open it and mend it."))
    params = read_params(KINDS[rule.kind].schema, rule.params)
    which = [_subject(rule), *_scoped(rule.scope, channels or {}), _CONDITIONS[rule.kind](params)]
    told = format_html_join(" ", "{}", ((part,) for part in which if part))
    return format_html(
        _pattern(rule.strength), which=told, roles=_either([role_name(r) for r in params["roles"]])
    )


def _pattern(strength: str) -> str:
    return {
        "guide": _("{which} get a tip."),
        "warn": _("{which} only go out with a reason."),
        "ask_approval": _("{which} need approval of {roles}."),
        "block": _("{which} don't go out."),
    }[strength]


def _subject(rule: RuleData) -> str:
    if rule.kind == "goal":
        return _("Posts")
    kinds = rule.scope.get("kinds") or ()
    return message_kinds(kinds)


def _scoped(scope: Mapping[str, Any], channels: Mapping[str, str]) -> list[SafeString]:
    parts = [
        (_("in {items}"), [language_name(code) for code in scope.get("languages", ())]),
        (_("on {items}"), [network_name(name) for name in scope.get("networks", ())]),
        (_("on {items}"), [channels.get(number, f"#{number}") for number in scope.get("channels", ())]),
        (_("(except on {items})"), [network_name(name) for name in scope.get("except_networks", ())]),
        (_("by {items}"), [role_name(role) for role in scope.get("author_roles", ())]),
        (_("about {items}"), list(scope.get("subjects", ()))),
        (_("for the purpose {items}"), [purpose_name(name) for name in scope.get("purposes", ())]),
        (_("from {items}"), _days(scope.get("from_day"))),
        (_("until {items}"), _days(scope.get("until_day"))),
    ]
    return [format_html(pattern, items=_either(items)) for pattern, items in parts if items]


def _days(day: str | None) -> list[str]:
    return [day_year(date.fromisoformat(day))] if day else []


def _either(items: Sequence[str]) -> SafeString:
    """Emphasise each of some items: "*a*, *b* or *c*"; a long list is cut short."""
    shown_items = [format_html("<em>{}</em>", item) for item in items[:MOST_SHOWN]]
    rest = len(items) - MOST_SHOWN
    if rest > 0:
        shown_items.append(
            format_html("{}", ngettext("{count} other", "{count} others", rest).format(count=rest))
        )
    # Each item is escaped, and the words between them are ours.
    return SafeString(listing(shown_items))


def _goal(params: Params) -> SafeString:
    return format_html("{}", _("without a finished goal") if params["finished"] else _("without a goal"))


def _approval(params: Params) -> SafeString | str:
    about = [shown(word) for word in params["about"]]
    return format_html(_("about {items}"), items=_either(about)) if about else ""


def _words(params: Params) -> SafeString:
    return format_html(_("with {items}"), items=_either([shown(entry.word) for entry in params["words"]]))


def _personal(params: Params) -> SafeString:
    return format_html(
        _("with {items}"), items=_either([personal_name(name) for name in params["looks_for"]])
    )


def _alt(_params: Params) -> SafeString:
    return format_html("{}", _("with an image without a description"))


def _links(params: Params) -> SafeString:
    parts: list[str] = []
    if params["forbidden"]:
        parts.append(format_html(_("with a link to {items}"), items=_either(params["forbidden"])))
    if params["allowed"]:
        parts.append(format_html(_("with a link outside {items}"), items=_either(params["allowed"])))
    if params["reachable"]:
        parts.append(format_html("{}", _("with a link that doesn't work")))
    return SafeString(listing(parts))


def _advertising(_params: Params) -> SafeString:
    return format_html("{}", _("with advertising that doesn't say so"))


def _hours(params: Params) -> SafeString:
    return format_html(
        _("outside <em>{days}, {first} to {last}</em>"),
        days=day_names(params["days"]),
        first=_wall(params["from"]),
        last=_wall(params["until"]),
    )


def _wall(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _length(params: Params) -> SafeString:
    parts = [
        (params["most"], _("longer than {number} characters")),
        (params["least"], _("shorter than {number} characters")),
        (params["capitals"], _("with more than {number} words in capitals")),
    ]
    return SafeString(
        listing(
            [
                format_html(pattern, number=format_html("<em>{}</em>", written(number)))
                for number, pattern in parts
                if number
            ]
        )
    )


def _same(_params: Params) -> SafeString:
    return format_html("{}", _("with the same text on another network"))


_CONDITIONS: Final[Mapping[str, Callable[[Params], str]]] = MappingProxyType(
    {
        "goal": _goal,
        "approval": _approval,
        "words": _words,
        "personal": _personal,
        "alt_text": _alt,
        "links": _links,
        "advertising": _advertising,
        "hours": _hours,
        "length": _length,
        "same_text": _same,
    }
)
