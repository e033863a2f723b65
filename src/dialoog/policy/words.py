"""The names of things in policy, in the language of whoever looks."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from dialoog.networks.registry import UnknownNetwork, capabilities


def listing(items: Sequence[str], *, either: bool = True) -> str:
    """Join names as people do: "a, b or c", or "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    first, last = ", ".join(items[:-1]), items[-1]
    pattern = _("{first} or {last}") if either else _("{first} and {last}")
    return pattern.format(first=first, last=last)


def role_name(role: str) -> str:
    """Return what a role is called."""
    return {
        "owner": _("owner"),
        "strategist": _("strategist"),
        "editor": _("editor"),
        "approver": _("approver"),
        "service": _("service"),
        "reader": _("reader"),
        "adviser": _("outside adviser"),
    }.get(role, role)


def role_names(roles: Sequence[str]) -> str:
    """Return roles of which any one will do."""
    return listing([role_name(role) for role in roles])


def network_name(network: str) -> str:
    """Return what a network is called."""
    try:
        return capabilities(network).name
    except UnknownNetwork:
        return network


def day_name(day: str) -> str:
    """Return a weekday by its short key."""
    return {
        "mo": _("Monday"),
        "tu": _("Tuesday"),
        "we": _("Wednesday"),
        "th": _("Thursday"),
        "fr": _("Friday"),
        "sa": _("Saturday"),
        "su": _("Sunday"),
    }.get(day, day)


def day_names(days: Sequence[str]) -> str:
    """Return weekdays, those in a row as "Monday to Friday"."""
    order = ("mo", "tu", "we", "th", "fr", "sa", "su")
    places = sorted(order.index(day) for day in set(days) if day in order)
    if len(places) == 7:
        return _("every day")
    if len(places) > 2 and places[-1] - places[0] == len(places) - 1:
        ends = {"first": day_name(order[places[0]]), "last": day_name(order[places[-1]])}
        return _("{first} to {last}").format(**ends)
    return listing([day_name(order[place]) for place in places], either=False)


def strength_name(strength: str) -> str:
    """Return a strength as a word."""
    return {
        "guide": _("guides"),
        "warn": _("warns"),
        "ask_approval": _("asks approval"),
        "block": _("blocks"),
    }.get(strength, strength)


def kind_name(kind: str) -> str:
    """Return what a kind of check is called."""
    return {
        "": _("For people only"),
        "goal": _("A post serves a goal"),
        "approval": _("Approval by a colleague"),
        "words": _("Words"),
        "personal": _("Personal data"),
        "alt_text": _("Description of images"),
        "links": _("Links"),
        "advertising": _("Advertising label"),
        "hours": _("Publishing hours"),
        "length": _("Length and capitals"),
        "same_text": _("Same text on several networks"),
    }.get(kind, kind)


def personal_name(name: str) -> str:
    """Return a kind of personal data with its article."""
    return {
        "bsn": _("a citizen service number"),
        "iban": _("an account number"),
        "phone": _("a telephone number"),
        "email": _("an e-mail address"),
    }.get(name, name)


def shown(word: str) -> str:
    """Return a listed word as people read it: "verkiezing*" is shown with an ellipsis."""
    return f"{'…' if word.startswith('*') else ''}{word.strip('*')}{'…' if word.endswith('*') else ''}"
