"""How a form field is shown: label above, then hint, then error, then the control with its ARIA."""

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.utils.safestring import SafeString

_KINDS: list[tuple[type[forms.Widget], str]] = [
    (forms.CheckboxSelectMultiple, "options"),
    (forms.RadioSelect, "options"),
    (forms.CheckboxInput, "checkbox"),
    (forms.ClearableFileInput, "file"),
    (forms.FileInput, "file"),
    (forms.SplitDateTimeWidget, "group"),
    (forms.PasswordInput, "secret"),
    (forms.Textarea, "area"),
    (forms.Select, "select"),
]


def kind_of(bound: BoundField) -> str:
    """Return how the field is drawn: options, checkbox, file, group, secret, area, select or line."""
    return next((kind for widget, kind in _KINDS if isinstance(bound.field.widget, widget)), "line")


def control(bound: BoundField, *, css: str = "", extra: Mapping[str, Any] | None = None) -> SafeString:
    """Return the control itself.

    `required` and `maxlength` are left out on purpose: the server explains what is missing or too long,
    and a browser that cuts off a pasted text would lose what somebody typed.
    """
    widget = copy.copy(bound.field.widget)
    widget.attrs = {k: v for k, v in widget.attrs.items() if k not in {"maxlength", "minlength", "required"}}
    attrs = {"id": bound.auto_id, "class": f"{css} {widget.attrs.pop('class', '')}".strip(), **_aria(bound)}
    attrs |= dict(extra or {})
    kept = {k: v for k, v in attrs.items() if v not in {"", None}}
    renderer = bound.form.renderer
    return SafeString(widget.render(name=bound.html_name, value=bound.value(), attrs=kept, renderer=renderer))


def _aria(bound: BoundField) -> dict[str, str]:
    return {
        "aria-describedby": described_by(bound),
        "aria-invalid": "true" if bound.errors else "",
        "aria-required": "true" if bound.field.required else "",
    }


def described_by(bound: BoundField) -> str:
    """Return the ids of hint and error, in reading order."""
    parts = [
        f"{bound.auto_id}-hint" if bound.help_text else "",
        f"{bound.auto_id}-error" if bound.errors else "",
    ]
    return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Choice:
    """One radio button or tick box, with what it means and an example below it."""

    control: BoundWidget
    description: str = ""
    example: str = ""

    @property
    def is_checked(self) -> bool:
        """Whether it is the chosen one."""
        return bool(self.control.data["selected"])


def choices(
    bound: BoundField,
    descriptions: Mapping[Any, str] | None = None,
    examples: Mapping[Any, str] | None = None,
) -> list[Choice]:
    """Return the choices of a radio or tick box field; descriptions and examples are looked up by value."""
    said = {str(key): text for key, text in (descriptions or {}).items()}
    shown = {str(key): text for key, text in (examples or {}).items()}
    widget = bound.field.widget
    rows = widget.subwidgets(bound.html_name, bound.value(), {"id": bound.auto_id})
    options = [BoundWidget(widget, row, bound.form.renderer) for row in rows]
    return [
        Choice(option, said.get(str(option.data["value"]), ""), shown.get(str(option.data["value"]), ""))
        for option in options
    ]


@dataclass(frozen=True)
class Problem:
    """A line of the error summary: the words that also stand at the field, and where that is."""

    id: str
    text: str
    label: str = ""


def problems(form: forms.BaseForm | forms.BaseFormSet) -> list[Problem]:  # type: ignore[type-arg]
    """Return every error of a form or formset, in the order of the fields."""
    if isinstance(form, forms.BaseFormSet):
        found = [Problem("", str(text)) for text in form.non_form_errors()]
        return found + [problem for one in form.forms for problem in problems(one)]
    found = [Problem("", str(text)) for text in form.non_field_errors()]
    return found + [
        Problem(focus_id(bound), str(text), str(bound.label)) for bound in form for text in bound.errors
    ]


def told_apart(found: Sequence[Problem]) -> list[Problem]:
    """Return the same problems, with the label before words that several fields share."""
    often = Counter(problem.text for problem in found)
    return [
        replace(one, text=f"{one.label}: {one.text}") if one.label and often[one.text] > 1 else one
        for one in found
    ]


def focus_id(bound: BoundField) -> str:
    """Return the id of what takes the focus: the control, or the first choice of several."""
    if bound.is_hidden:
        return ""
    return f"{bound.auto_id}_0" if kind_of(bound) in {"options", "group"} else bound.auto_id
