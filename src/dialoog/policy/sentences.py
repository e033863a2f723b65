"""What a finding says, in a sentence that names the thing, the cause and the way out."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialoog.organisations.models import Organisation
from dialoog.policy.queries.force import rule_titles
from dialoog.policy.rules.facts import Finding, Judgement
from dialoog.policy.words import (
    day_name,
    day_names,
    listing,
    network_name,
    personal_name,
    role_names,
    shown,
)
from dialoog.ui.rows import CheckItem, Level

MOST_QUOTES: Final = 3
_LEVELS: Final[Mapping[str, Level]] = MappingProxyType(
    {"block": "must", "approval": "must", "advice": "advice", "fine": "fine"}
)
_ORDER: Final = ("must", "advice", "open", "fine")
# What nobody knows yet isn't fine.
_OPEN: Final = frozenset({"links.unknown"})


def check_items(judgement: Judgement, text: str, *, organisation: Organisation) -> list[CheckItem]:
    """Return what the rules say of `text`, the heaviest first, each linked to its rule in the handbook.

    Nothing found is one line that says so.
    """
    if not judgement.findings:
        return [CheckItem(level="fine", rule=_("Your rules"), text=_("Nothing stands in the way."))]
    titles = rule_titles()
    handbook = reverse("policy:handbook", args=[organisation.slug])
    return items_of(judgement.findings, text, titles=titles, handbook=handbook)


def items_of(
    findings: Sequence[Finding], text: str, *, titles: Mapping[str, str], handbook: str = ""
) -> list[CheckItem]:
    """Return findings as check items, the heaviest first."""
    items = [
        CheckItem(
            level="open" if finding.code in _OPEN else _LEVELS[finding.outcome],
            rule=titles.get(finding.rule_id) or _("A post serves a goal"),
            text=sentence(finding),
            quotes=[text[start:end] for start, end in finding.quotes[:MOST_QUOTES]],
            rule_url=f"{handbook}#regel-{finding.rule_id}" if handbook and finding.rule_id in titles else "",
        )
        for finding in findings
    ]
    return sorted(items, key=lambda item: _ORDER.index(item.level))


def sentence(finding: Finding) -> str:
    """Return what one finding says, and what its strength asks."""
    said = _SAID.get(finding.code)
    told = said(finding.params) if said else finding.code
    asked = _asked(finding)
    return f"{told} {asked}" if asked else told


def _asked(finding: Finding) -> str:
    if finding.strength != "ask_approval":
        return ""
    roles = role_names(finding.roles)
    if finding.outcome == "approval":
        return _("This needs approval of {roles}.").format(roles=roles)
    if finding.outcome == "fine" and finding.code not in _OPEN:
        return _("This has been approved.")
    return ""


def _goal_missing(_params: Mapping[str, Any]) -> str:
    return _("Choose the goal that this post adds to.")


def _goal_unfinished(_params: Mapping[str, Any]) -> str:
    return _("The goal isn't finished. It needs a reason, a number, a date, a budget and an owner.")


def _approval(params: Mapping[str, Any]) -> str:
    about = [shown(word) for word in params["about"]]
    return _("This is about {about}.").format(about=listing(about, either=False)) if about else ""


def _replace(params: Mapping[str, Any]) -> str:
    return _("Rather write “{instead}” than “{word}”.").format(
        instead=params["instead"], word=shown(params["word"])
    )


def _avoid(params: Mapping[str, Any]) -> str:
    return _("Rather don't use “{word}”.").format(word=shown(params["word"]))


def _personal(name: str) -> Callable[[Mapping[str, Any]], str]:
    def said(_params: Mapping[str, Any]) -> str:
        return _("This looks like {data}. Leave it out.").format(data=personal_name(name))

    return said


def _images(numbers: Sequence[int]) -> str:
    return listing([str(number) for number in numbers], either=False)


def _alt_missing(params: Mapping[str, Any]) -> str:
    if params["total"] == 1:
        return _("The image has no description yet.")
    return ngettext(
        "Image {images} has no description yet.",
        "Images {images} have no description yet.",
        len(params["images"]),
    ).format(images=_images(params["images"]))


def _alt_file(params: Mapping[str, Any]) -> str:
    return ngettext(
        "The description of image {images} is a file name. Say what can be seen.",
        "The descriptions of images {images} are file names. Say what can be seen.",
        len(params["images"]),
    ).format(images=_images(params["images"]))


def _alt_short(params: Mapping[str, Any]) -> str:
    return ngettext(
        "The description of image {images} is very short. Say a little more.",
        "The descriptions of images {images} are very short. Say a little more.",
        len(params["images"]),
    ).format(images=_images(params["images"]))


def _link(pattern: Callable[[], str]) -> Callable[[Mapping[str, Any]], str]:
    return lambda params: pattern().format(host=params["host"] or _("this address"))


def _unreachable(params: Mapping[str, Any]) -> str:
    host = params["host"] or _("this address")
    if params["status"]:
        return _("The link to {host} doesn't work (answer {status}).").format(
            host=host, status=params["status"]
        )
    return _("The link to {host} doesn't work: nothing answers there.").format(host=host)


def _label(pattern: Callable[[], str]) -> Callable[[Mapping[str, Any]], str]:
    return lambda params: pattern().format(label=params["label"])


def _hours(params: Mapping[str, Any]) -> str:
    said = {name: params[name] for name in ("at", "from", "until")}
    said |= {"day": day_name(params["day"]), "days": day_names(params["days"])}
    told = _("{day} {at} is outside our hours: {days}, {from} to {until}.").format(**said)
    return told[:1].upper() + told[1:]


def _long(params: Mapping[str, Any]) -> str:
    return _("{count} characters is more than {most}. Say it shorter.").format(**params)


def _short(params: Mapping[str, Any]) -> str:
    return _("{count} characters is less than {least}. Say a little more.").format(**params)


def _capitals(params: Mapping[str, Any]) -> str:
    return _("{count} words are in capitals, and that reads as shouting.").format(**params)


def _same(params: Mapping[str, Any]) -> str:
    networks = listing([network_name(name) for name in params["networks"]], either=False)
    return _("The same text goes to {networks}. People there may want to hear it in another way.").format(
        networks=networks
    )


def _broken(_params: Mapping[str, Any]) -> str:
    return _("This rule can't be read. Ask who keeps the policy to mend it.")


_SAID: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = MappingProxyType(
    {
        "goal.missing": _goal_missing,
        "goal.unfinished": _goal_unfinished,
        "approval.needed": _approval,
        "words.replace": _replace,
        "words.avoid": _avoid,
        **{f"personal.{name}": _personal(name) for name in ("bsn", "iban", "phone", "email")},
        "alt.missing": _alt_missing,
        "alt.file_name": _alt_file,
        "alt.short": _alt_short,
        "links.forbidden": _link(lambda: _("We don't link to {host}.")),
        "links.not_allowed": _link(lambda: _("{host} isn't on the list of sites that we link to.")),
        "links.unknown": _link(lambda: _("Whether the link to {host} works, we don't know yet.")),
        "links.unreachable": _unreachable,
        "advertising.no_label": _label(lambda: _("Say that this is advertising, for instance “{label}”.")),
        "advertising.maybe": _label(lambda: _("Is this advertising? Then say so, for instance “{label}”.")),
        "hours.outside": _hours,
        "length.long": _long,
        "length.short": _short,
        "length.capitals": _capitals,
        "same_text.copied": _same,
        "rule.broken": _broken,
    }
)
