"""The forms of policy: a rule with the fields of its kind, a message to try, a version."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from dialoog.core.clock import at_wall_time, parse_day, parse_time
from dialoog.core.errors import DomainError, Invalid
from dialoog.core.offers import channel_names
from dialoog.networks.registry import connectors
from dialoog.organisations.roles import Role
from dialoog.policy.actions import RuleDraft
from dialoog.policy.editing import field_for, typed_value
from dialoog.policy.models import Rule
from dialoog.policy.rules import KINDS, ImageFacts, MessageFacts, OtherText
from dialoog.policy.rules.facts import STRENGTHS
from dialoog.policy.rules.params import Param
from dialoog.policy.words import (
    language_name,
    network_name,
    purpose_name,
    refusal,
    role_name,
    strength_choice,
)

PURPOSES: Final = ("profile", "relations", "recruitment", "knowledge", "service", "advertising", "sales")
TEXTS: Final = ("title", "text", "reason", "good_example", "bad_example")
SCOPE_CHOICES: Final = (
    "kinds",
    "networks",
    "channels",
    "except_networks",
    "languages",
    "purposes",
    "author_roles",
)


class DayField(forms.CharField):
    """A day as people type it, kept as an ISO date; empty is no day."""

    today: date

    def clean(self, value: Any) -> str:
        """Return the day."""
        typed = super().clean(value).strip()
        if not typed:
            return ""
        try:
            return parse_day(typed, today=self.today).isoformat()
        except Invalid as error:
            raise forms.ValidationError(_("Write a day, for instance 1 March 2027.")) from error


class RuleForm(forms.Form):
    """A rule: what colleagues read, what Dialoog does, and for which messages."""

    title = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    text = forms.CharField(label=gettext_lazy("What colleagues read"), max_length=2000, widget=forms.Textarea)
    reason = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=2000, widget=forms.Textarea
    )
    good_example = forms.CharField(
        label=gettext_lazy("A good example"), required=False, max_length=2000, widget=forms.Textarea
    )
    bad_example = forms.CharField(
        label=gettext_lazy("Rather not"), required=False, max_length=2000, widget=forms.Textarea
    )
    strength = forms.ChoiceField(label=gettext_lazy("How strong"), widget=forms.RadioSelect)
    s_subjects = forms.CharField(
        label=gettext_lazy("Subjects"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("With commas between them, as they are chosen with a post."),
    )
    s_from_day = DayField(label=pgettext_lazy("rule", "From"), required=False, max_length=60)
    s_until_day = DayField(label=gettext_lazy("Until and including"), required=False, max_length=60)
    because = forms.CharField(
        label=gettext_lazy("Why posts may go out without a finished goal"),
        required=False,
        max_length=1000,
        widget=forms.Textarea,
        help_text=gettext_lazy("Only when you make this rule ask less. It's kept on record."),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, kind: str, rule: Rule | None = None, today: date
    ) -> None:
        super().__init__(data, initial=_initial(kind, rule))
        self.kind, self.rule = kind, rule
        self.params: tuple[Param, ...] = KINDS[kind].schema if kind else ()
        for param in self.params:
            self.fields[f"p_{param.name}"] = field_for(kind, param)
        for name, label, choices in _scope_fields(self.initial):
            self.fields[f"s_{name}"] = forms.MultipleChoiceField(
                label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
            )
        for name in ("title", "text"):
            self.fields[name].error_messages["required"] = refusal(f"{name}_empty")
        for name in ("s_from_day", "s_until_day"):
            self.fields[name].today = today  # type: ignore[attr-defined] # a DayField
        strengths = KINDS[kind].strengths if kind else ("guide",)
        self.fields["strength"].choices = [  # type: ignore[attr-defined] # a ChoiceField
            (name, strength_choice(name)[0]) for name in STRENGTHS if name in strengths
        ]
        if kind != "goal":
            del self.fields["because"]

    @property
    def param_fields(self) -> list[tuple[forms.BoundField, str]]:
        """The fields of the kind with their widths, without who may approve."""
        widths = {"number": "xs", "time": "xs"}
        own = [param for param in self.params if param.name != "roles"]
        return [(self[f"p_{param.name}"], widths.get(param.type, "")) for param in own]

    @property
    def scope_fields(self) -> list[forms.BoundField]:
        """The fields that say for which messages, those with choices first."""
        names = [*(f"s_{name}" for name in SCOPE_CHOICES), "s_subjects"]
        return [self[name] for name in names if name in self.fields]

    @property
    def has_scope(self) -> bool:
        """Whether the rule is narrowed, so that the fields for it stand open."""
        names = [name for name in self.fields if name.startswith("s_")]
        return any(self[name].value() or self[name].errors for name in names)

    def draft(self) -> RuleDraft:
        """Return the rule as it was typed; the form is valid."""
        data = self.cleaned_data
        return RuleDraft(
            **{name: data[name] for name in TEXTS},
            kind=self.kind,
            strength=data["strength"],
            params={param.name: data[f"p_{param.name}"] for param in self.params},
            scope=self._scope(),
        )

    def _scope(self) -> dict[str, Any]:
        data = self.cleaned_data
        chosen: dict[str, Any] = {name: data.get(f"s_{name}") for name in SCOPE_CHOICES}
        chosen["subjects"] = [part for piece in data["s_subjects"].split(",") if (part := piece.strip())]
        chosen |= {name: data[f"s_{name}"] for name in ("from_day", "until_day")}
        return {name: value for name, value in chosen.items() if value}

    def refuse(self, error: DomainError) -> None:
        """Show an action's refusal at its field."""
        field = getattr(error, "field", "")
        places = [name for name in (field, f"p_{field}", f"s_{field}") if name in self.fields]
        self.add_error(places[0] if places else None, refusal(error.code))


def _initial(kind: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        strengths = KINDS[kind].strengths if kind else ("guide",)
        stored: dict[str, Any] = {"strength": strengths[0]}
    else:
        stored = {name: getattr(rule, name) for name in (*TEXTS, "strength")}
        stored["because"] = rule.lowered_because
    params = rule.params if rule and isinstance(rule.params, Mapping) else {}
    scope = rule.scope if rule and isinstance(rule.scope, Mapping) else {}
    if kind:
        stored |= {f"p_{param.name}": typed_value(param, params) for param in KINDS[kind].schema}
    stored |= {f"s_{name}": value for name, value in scope.items() if name in SCOPE_CHOICES}
    stored["s_subjects"] = ", ".join(map(str, scope.get("subjects") or ()))
    for name in ("from_day", "until_day"):
        stored[f"s_{name}"] = _typed_day(scope.get(name))
    return stored


def _typed_day(stored: object) -> str:
    try:
        return date.fromisoformat(str(stored)).strftime("%d-%m-%Y")
    except ValueError:
        return ""


def _scope_fields(initial: Mapping[str, Any]) -> Iterable[tuple[str, str, list[tuple[str, str]]]]:
    networks = [(name, network_name(name)) for name in sorted(connectors())]
    yield "kinds", _("What it is"), [("post", _("Posts")), ("reply", _("Answers"))]
    yield "networks", _("Only on"), networks
    if channels := _channels(initial.get("s_channels")):
        yield "channels", _("Only on these channels"), channels
    yield "except_networks", _("Not on"), networks
    yield "languages", _("Language"), [(code, language_name(code)) for code in ("nl", "en")]
    yield "purposes", _("Purpose"), [(name, purpose_name(name)) for name in PURPOSES]
    yield "author_roles", _("Written by"), [(role.value, role_name(role)) for role in Role]


def _channels(stored: object) -> list[tuple[str, str]]:
    """Return the channels to choose from, and those that a rule already names though they're gone."""
    offered = dict(channel_names())
    named = stored if isinstance(stored, list) else []
    return [
        *offered.items(),
        *((str(number), f"#{number}") for number in named if str(number) not in offered),
    ]


class TryForm(forms.Form):
    """A message to try a rule on; only what its kind looks at is asked."""

    t_text = forms.CharField(
        label=gettext_lazy("A message"), required=False, max_length=10_000, widget=forms.Textarea, strip=False
    )
    t_alt = forms.CharField(label=gettext_lazy("Description of an image"), required=False, max_length=2_000)
    t_day = forms.CharField(label=gettext_lazy("Day"), required=False, max_length=60)
    t_time = forms.CharField(label=gettext_lazy("Time"), required=False, max_length=20)
    t_other = forms.CharField(
        label=gettext_lazy("The text on another network"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea,
        strip=False,
    )
    t_goal = forms.BooleanField(label=gettext_lazy("A finished goal is chosen"), required=False)
    t_ad = forms.BooleanField(label=gettext_lazy("It's advertising"), required=False)

    _ASKED: Final[Mapping[str, tuple[str, ...]]] = {
        "alt_text": ("t_alt",),
        "hours": ("t_day", "t_time"),
        "same_text": ("t_text", "t_other"),
        "goal": ("t_text", "t_goal"),
        "advertising": ("t_text", "t_ad"),
    }

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, kind: str, today: date, zone: ZoneInfo
    ) -> None:
        super().__init__(data)
        self.today, self.zone = today, zone
        for name in set(self.fields) - set(self._ASKED.get(kind, ("t_text",))):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Read the moment, when one is asked."""
        if "t_day" in self.fields:
            self.cleaned_data["moment"] = self._moment()
        return self.cleaned_data

    def _moment(self) -> datetime | None:
        typed_day, typed_time = self.cleaned_data.get("t_day", ""), self.cleaned_data.get("t_time", "")
        try:
            day = parse_day(typed_day, today=self.today)
            return at_wall_time(day, parse_time(typed_time), self.zone).moment
        except Invalid as error:
            name = "t_time" if error.field == "time" else "t_day"
            self.add_error(name, _("Write a day and a time, for instance Saturday and 23:00."))
            return None

    def facts(self, draft: RuleDraft) -> MessageFacts:
        """Return the message as facts, one for which the rule is meant."""
        data, scope = self.cleaned_data, draft.scope
        has_image = "t_alt" in self.fields
        return MessageFacts(
            text=data.get("t_text", ""),
            kind=(scope.get("kinds") or ["post"])[0],
            network=(scope.get("networks") or [""])[0],
            channel_id=(scope.get("channels") or [""])[0],
            purpose=(scope.get("purposes") or [""])[0],
            subjects=tuple(scope.get("subjects") or ()),
            author_roles=frozenset(scope.get("author_roles") or ()),
            goal_id="1" if data.get("t_goal") else "",
            goal_finished=bool(data.get("t_goal")),
            images=(ImageFacts(alt=data["t_alt"]),) if has_image else (),
            planned_at=data.get("moment"),
            zone=self.zone,
            advertising=bool(data.get("t_ad")),
            other_texts=(OtherText(network="", text=data["t_other"]),) if data.get("t_other") else (),
        )


class PublishForm(forms.Form):
    """A note with a version: what changes, and why."""

    note = forms.CharField(
        label=gettext_lazy("What changes, and why"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=gettext_lazy("Colleagues read this when they are asked to accept the new version."),
        error_messages={"required": gettext_lazy("Tell colleagues in a sentence what changes and why.")},
    )

    def refuse(self, error: DomainError) -> None:
        """Show an action's refusal."""
        field = getattr(error, "field", "")
        title = str(error.params.get("title", ""))
        told = f"{title}: {refusal(error.code)}" if title else refusal(error.code)
        self.add_error(field if field in self.fields else None, told)


class SwitchForm(forms.Form):
    """Why the goal rule is switched off."""

    because = forms.CharField(
        label=gettext_lazy("Why posts may go out without a finished goal"),
        max_length=1000,
        widget=forms.Textarea,
        help_text=gettext_lazy("It's kept on record, and colleagues can read it."),
        error_messages={
            "required": gettext_lazy("Say why posts may go out without a finished goal. It's kept on record.")
        },
    )
