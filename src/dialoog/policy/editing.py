"""Parameters of a check as fields of a form, and typed text back to what a rule stores."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from dialoog.core.clock import parse_time
from dialoog.core.errors import Invalid
from dialoog.core.text import clean_text
from dialoog.organisations.roles import TABLE
from dialoog.policy.rules.params import LONGEST_ENTRY, MOST_ENTRIES, Param
from dialoog.policy.words import day_name, personal_name, role_name

# Only who may consent at all can be asked to.
APPROVING: Final = tuple(role.value for role in TABLE["post.approve"])


class LinesField(forms.CharField):
    """Texts, one on each line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea, strip=False, **options)

    def prepare_value(self, value: object) -> object:
        """Show a list as lines."""
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        """Return the lines that hold something, each once."""
        text = clean_text(str(super().clean(value) or "")).text
        lines = list(dict.fromkeys(line for row in text.split("\n") if (line := " ".join(row.split()))))
        if self.required and not lines:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(lines) > MOST_ENTRIES:
            raise forms.ValidationError(_("Keep it under 500 lines."))
        if any(len(part) > LONGEST_ENTRY for line in lines for part in line.split("=")):
            raise forms.ValidationError(_("Keep each line under 120 characters."))
        return lines


class DomainsField(LinesField):
    """Domains, one on each line; a whole address is cut down to its domain."""

    def clean(self, value: Any) -> list[str]:
        """Return the domains in lower case."""
        domains = [_domain(line) for line in super().clean(value)]
        for domain in domains:
            if "." not in domain.strip(".") or " " in domain:
                raise forms.ValidationError(
                    _("“%(text)s” is not a domain. Write for instance example.nl."), params={"text": domain}
                )
        return list(dict.fromkeys(domains))


def _domain(line: str) -> str:
    return line.lower().partition("://")[2].partition("/")[0] or line.lower().partition("/")[0]


class ReplacementsField(LinesField):
    """Words, one on each line, with what to write instead behind an equals sign."""

    def prepare_value(self, value: object) -> object:
        """Show stored words as lines."""
        if not isinstance(value, list | tuple):
            return value
        return "\n".join(_line(entry) for entry in value)

    def clean(self, value: Any) -> Any:
        """Return the words as a rule stores them."""
        pairs = [line.partition("=") for line in super().clean(value)]
        if any(not word.strip() for word, _sign, _instead in pairs):
            raise forms.ValidationError(_("Write the word before the equals sign."))
        return [{"word": word.strip(), "instead": instead.strip()} for word, _sign, instead in pairs]


def _line(entry: object) -> str:
    if not isinstance(entry, Mapping):
        return str(entry)
    word, instead = entry.get("word", ""), entry.get("instead", "")
    return f"{word} = {instead}" if instead else str(word)


class WallTimeField(forms.CharField):
    """A time of day as people type it, kept as "HH:MM"; 24:00 is the end of the day."""

    def clean(self, value: Any) -> str:
        """Return the time as a rule stores it."""
        typed = super().clean(value).strip()
        if typed in {"24:00", "24.00", "24"}:
            return "24:00"
        try:
            return parse_time(typed).strftime("%H:%M")
        except Invalid as error:
            raise forms.ValidationError(_("Write a time, for instance 08:00.")) from error


def field_for(kind: str, param: Param) -> forms.Field:
    """Return the form field for a parameter of a kind."""
    label, hint = said_of(kind, param.name)
    field = _FIELDS[param.type](param, {"label": label, "help_text": hint, "required": param.required})
    field.error_messages["required"] = _("Fill in “{label}”.").format(label=label)
    return field


def _number(param: Param, options: dict[str, Any]) -> forms.Field:
    told = _("“{label}” takes a whole number from {least} to {most}.").format(
        label=options["label"], least=param.least, most=param.most
    )
    messages = dict.fromkeys(("invalid", "min_value", "max_value"), told)
    wanted = options | {"required": True, "error_messages": messages}
    return forms.IntegerField(**wanted, min_value=param.least, max_value=param.most)


def _choices(param: Param, options: dict[str, Any]) -> forms.Field:
    names = [(value, choice_name(value)) for value in param.choices]
    return forms.MultipleChoiceField(**options, choices=names, widget=forms.CheckboxSelectMultiple)


def _roles(_param: Param, options: dict[str, Any]) -> forms.Field:
    names = [(role, role_name(role)) for role in APPROVING]
    return forms.MultipleChoiceField(**options, choices=names, widget=forms.CheckboxSelectMultiple)


_FIELDS: Final[Mapping[str, Callable[[Param, dict[str, Any]], forms.Field]]] = MappingProxyType(
    {
        "yes": lambda _param, options: forms.BooleanField(**(options | {"required": False})),
        "number": _number,
        "words": lambda _param, options: LinesField(**options),
        "replacements": lambda _param, options: ReplacementsField(**options),
        "domains": lambda _param, options: DomainsField(**options),
        "choices": _choices,
        "roles": _roles,
        "time": lambda _param, options: WallTimeField(**(options | {"required": True}), max_length=20),
    }
)


def choice_name(value: str) -> str:
    """Return what a choice of a parameter is called: a weekday, or a kind of personal data."""
    named = day_name(value)
    return named if named != value else personal_name(value)


_SAID: Final[Mapping[tuple[str, str], tuple[object, object]]] = MappingProxyType(
    {
        ("goal", "finished"): (
            gettext_lazy("The goal must be finished"),
            gettext_lazy("With a number, a date, a budget and an owner."),
        ),
        ("approval", "about"): (
            gettext_lazy("Which subjects"),
            gettext_lazy("One on each line. With * behind it, everything that begins so. Empty: everything."),
        ),
        ("words", "words"): (
            gettext_lazy("Which words"),
            gettext_lazy(
                "One on each line. Behind = what to write instead: middels = met. With * behind it, everything that begins so."
            ),
        ),
        ("personal", "looks_for"): (gettext_lazy("What Dialoog looks for"), ""),
        ("personal", "allowed"): (
            gettext_lazy("What may be named"),
            gettext_lazy(
                "The organisation's own numbers and addresses, one on each line. @example.nl is all addresses there."
            ),
        ),
        ("alt_text", "least"): (
            gettext_lazy("Fewest characters of a description"),
            gettext_lazy("A shorter one gets a tip. 0: any length."),
        ),
        ("links", "allowed"): (
            gettext_lazy("Only to these domains"),
            gettext_lazy("One on each line. Empty: everywhere."),
        ),
        ("links", "forbidden"): (
            gettext_lazy("Never to these domains"),
            gettext_lazy("One on each line, for instance bit.ly."),
        ),
        ("links", "reachable"): (
            gettext_lazy("The link works"),
            gettext_lazy("Dialoog looks whether the address answers."),
        ),
        ("advertising", "labels"): (
            gettext_lazy("Words that say it's advertising"),
            gettext_lazy("One on each line. One of them is enough."),
        ),
        ("advertising", "cues"): (
            gettext_lazy("Words that sound like advertising"),
            gettext_lazy("One on each line. These get a question."),
        ),
        ("hours", "days"): (gettext_lazy("On these days"), ""),
        ("hours", "from"): (pgettext_lazy("rule", "From"), ""),
        ("hours", "until"): (
            pgettext_lazy("rule", "Until"),
            gettext_lazy("In the time zone of the organisation."),
        ),
        ("length", "most"): (gettext_lazy("Most characters"), gettext_lazy("0: any length.")),
        ("length", "least"): (gettext_lazy("Fewest characters"), gettext_lazy("0: any length.")),
        ("length", "capitals"): (
            gettext_lazy("Words in capitals"),
            gettext_lazy("How many are still fine. 0: don't look at this."),
        ),
        ("same_text", "percent"): (
            gettext_lazy("How much alike, in percent"),
            gettext_lazy("90 finds nearly the same text."),
        ),
    }
)


def said_of(kind: str, name: str) -> tuple[str, str]:
    """Return the label and the hint of a parameter."""
    roles = (_("Who may approve"), _("Any one of these. Only counts when the rule asks approval."))
    label, hint = _SAID.get((kind, name), roles)
    return str(label), str(hint)


def typed_value(param: Param, stored: Mapping[str, Any]) -> Any:
    """Return what the form shows of a stored parameter; one of a wrong type shows its default."""
    value = stored.get(param.name, param.default)
    expected: type | tuple[type, ...] = type(param.default)
    if isinstance(param.default, Sequence) and not isinstance(param.default, str):
        expected = (list, tuple)
    return value if isinstance(value, expected) else param.default
