"""The names of things in policy, in the language of whoever looks."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dialoog.networks.registry import UnknownNetwork, capabilities
from dialoog.ui.networks import shown_name
from dialoog.ui.rows import State


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
        "owner": pgettext("role", "owner"),
        "strategist": pgettext("role", "strategist"),
        "editor": pgettext("role", "editor"),
        "approver": pgettext("role", "approver"),
        "service": pgettext("role", "service"),
        "reader": pgettext("role", "reader"),
        "adviser": pgettext("role", "outside adviser"),
    }.get(role, role)


def role_names(roles: Sequence[str]) -> str:
    """Return roles of which any one will do."""
    return listing([role_name(role) for role in roles])


def network_name(network: str) -> str:
    """Return what a network is called."""
    try:
        return shown_name(capabilities(network))
    except UnknownNetwork:
        return network


def day_name(day: str) -> str:
    """Return a weekday by its short key."""
    return {
        "mo": pgettext("in a sentence", "Monday"),
        "tu": pgettext("in a sentence", "Tuesday"),
        "we": pgettext("in a sentence", "Wednesday"),
        "th": pgettext("in a sentence", "Thursday"),
        "fr": pgettext("in a sentence", "Friday"),
        "sa": pgettext("in a sentence", "Saturday"),
        "su": pgettext("in a sentence", "Sunday"),
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


def strength_state(strength: str) -> State:
    """Return a strength as a word with its tone and icon."""
    return {
        "guide": State(label=pgettext("strength", "Guides"), tone="good", icon="bulb"),
        "warn": State(label=pgettext("strength", "Warns"), tone="warn", icon="alert"),
        "ask_approval": State(label=pgettext("strength", "Asks approval"), tone="brand", icon="approve"),
        "block": State(label=pgettext("strength", "Blocks"), tone="bad", icon="ban"),
    }.get(strength, State(label=strength, tone="bad", icon="alert"))


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


def message_kinds(kinds: Sequence[str]) -> str:
    """Return which messages a rule is about, as the beginning of a sentence; none chosen is all."""
    names = {
        "post": _("posts"),
        "reply": _("answers"),
        "profile": _("profile texts"),
        "internal": _("internal messages"),
    }
    chosen = [name for kind, name in names.items() if kind in kinds]
    told = listing(chosen or [names["post"], names["reply"]], either=False)
    return told[:1].upper() + told[1:]


def language_name(code: str) -> str:
    """Return a language by its code."""
    return {"nl": _("Dutch"), "en": _("English")}.get(code, code)


def purpose_name(purpose: str) -> str:
    """Return what a purpose of the strategy is called."""
    return {
        "profile": pgettext("purpose", "profile"),
        "relations": pgettext("purpose", "relations"),
        "recruitment": pgettext("purpose", "recruitment"),
        "knowledge": pgettext("purpose", "knowledge"),
        "service": pgettext("purpose", "customer service"),
        "advertising": pgettext("purpose", "advertising"),
        "sales": pgettext("purpose", "sales"),
    }.get(purpose, purpose)


def refusal(code: str) -> str:
    """Say in words why something can't be done."""
    return {
        "title_empty": _("Give the rule a name."),
        "title_long": _("Keep the name of the rule under 120 characters."),
        "text_empty": _("Write down what colleagues must know."),
        "text_long": _("Keep the text under 2,000 characters."),
        "note_empty": _("Tell colleagues in a sentence what changes and why."),
        "lowering_reason_empty": _("Say why posts may go out without a finished goal. It's kept on record."),
        "goal_rule_stays": _("This rule stays. You can switch it off, with a reason."),
        "goal_rule_once": _("There already is a rule about goals. Change that one."),
        "goal_rule_missing": _("The rule about goals is missing from the draft."),
        "rule_removed": _("This rule was removed meanwhile. Put it back first."),
        "rule_broken": _("A rule can't be read. Open it and mend it."),
        "too_many_rules": _("There are 200 rules, and that's the most. Nobody reads more."),
        "nothing_changed": _("Nothing has changed since the last version."),
        "published_meanwhile": _("Somebody published a version at the same time. Look at that first."),
        "version_replaced": _("There is a newer version. Read that one."),
    }.get(code, _("This can't be used here. Look at it again."))


def strength_choice(strength: str) -> tuple[str, str]:
    """Return a strength as a choice, with what it means."""
    return {
        "guide": (pgettext("strength", "Guide"), _("A tip. Whoever writes decides.")),
        "warn": (pgettext("strength", "Warn"), _("It goes out when whoever writes says why.")),
        "ask_approval": (pgettext("strength", "Ask approval"), _("It waits until a colleague approves.")),
        "block": (pgettext("strength", "Block"), _("It doesn't go out like this.")),
    }.get(strength, (strength, ""))


def kind_hint(kind: str) -> str:
    """Say what a kind of check looks at."""
    return {
        "": _("A rule that colleagues read and Dialoog doesn't check."),
        "approval": _("A colleague reads along, on some subjects or always."),
        "words": _("Words that you'd rather not use, with what to write instead."),
        "personal": _("Citizen service numbers, account numbers, telephone numbers, e-mail addresses."),
        "alt_text": _("Every image says what can be seen on it."),
        "links": _("Links work, and go where they may."),
        "advertising": _("Advertising says that it is."),
        "hours": _("Posts go out at the hours that you choose."),
        "length": _("As long as people read, and no shouting."),
        "same_text": _("A kind word when the same text goes everywhere."),
    }[kind]
