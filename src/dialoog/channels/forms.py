"""The forms by which an account is connected: drawn from what a way in asks for."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dialoog.channels.sentences import refusal, said
from dialoog.core.errors import DomainError, Invalid
from dialoog.networks.ways import Field, Way


class WayForm(forms.Form):
    """What one way in asks for. What is missing is told by the action, in the same words for every way in."""

    def __init__(
        self,
        way: Way,
        network: str,
        data: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, str] | None = None,
        kept: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), auto_id=f"{way.name}_%s")
        self.way, self.network = way, network
        for field in way.fields:
            self.fields[field.name] = _drawn(field, is_kept=bool((kept or {}).get(field.name)))

    def typed(self) -> dict[str, str]:
        """Return what was typed, field by field."""
        return {name: str(self.data.get(name, "")) for name in self.fields}

    def refuse(self, error: DomainError) -> None:
        """Show an action's refusal at its field."""
        self.full_clean()
        field = error.field if isinstance(error, Invalid) and error.field in self.fields else None
        self.add_error(field, refusal(error, self.network))


def _drawn(field: Field, *, is_kept: bool) -> forms.Field:
    words: dict[str, Any] = {"label": said(field.label), "required": False, "help_text": said(field.help)}
    if is_kept:
        words["help_text"] = _("Filled in before. Leave it empty to keep that.")
    if field.kind == "choice":
        choices = [(value, said(label)) for value, label in field.choices]
        return forms.ChoiceField(choices=choices, initial=field.initial, **words)
    if field.kind == "secret":
        return forms.CharField(strip=True, widget=forms.PasswordInput(render_value=False), **words)
    if field.kind == "lines":
        return forms.CharField(initial=field.initial, widget=forms.Textarea(attrs={"rows": 4}), **words)
    widget = forms.EmailInput if field.kind == "email" else forms.TextInput
    drawn = forms.CharField(initial=field.initial, widget=widget, **words)
    drawn.widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
    return drawn


class AccountsForm(forms.Form):
    """Which of the accounts that a sign-in gave."""

    accounts = forms.MultipleChoiceField(
        label=_("Which accounts do you want to connect?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, choices: list[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["accounts"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - narrows for the type checker
        field.choices = choices

    def refuse(self, error: DomainError) -> None:
        """Show an action's refusal."""
        self.add_error("accounts", refusal(error, ""))
