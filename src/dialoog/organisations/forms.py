"""The forms of people, settings and invitations."""

import zoneinfo
from datetime import date
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dialoog.core.clock import parse_day
from dialoog.core.errors import Invalid
from dialoog.organisations.labels import ROLE_LABELS
from dialoog.organisations.models import Organisation
from dialoog.organisations.roles import Role
from dialoog.organisations.sentences import sentence

ROLES: Final = [(role.value, ROLE_LABELS[role]) for role in Role]
CURRENCIES: Final = [(code, code) for code in ("EUR", "GBP", "USD", "CHF", "DKK", "SEK", "NOK", "PLN", "XCG")]
WEEKDAYS: Final = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


class RefusableForm(forms.Form):
    """A form that shows an action's refusal at its field."""

    def refuse(self, error: Invalid) -> None:
        """Say what was refused, at the field that it is about."""
        self.add_error(error.field if error.field in self.fields else None, sentence(error))


def zones() -> list[tuple[str, str]]:
    """Return the time zones of the world, those of the Kingdom first."""
    first = ["Europe/Amsterdam", "America/Curacao", "America/Aruba"]
    rest = sorted(
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")
    )
    return [(name, name.replace("_", " ")) for name in [*first, *(n for n in rest if n not in first)]]


class SettingsForm(RefusableForm):
    """What an organisation is called and how it counts."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=120)
    language = forms.ChoiceField(
        label=_("Language of the organisation"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        help_text=_("For the newsroom and for posts. Everybody chooses their own language for the screens."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    answer_within_hours = forms.DecimalField(
        label=_("We answer within"),
        min_value=0,
        max_digits=6,
        decimal_places=2,
        localize=True,
        help_text=_("In opening hours. The clock in the inbox keeps this promise."),
    )


class HoursForm(RefusableForm):
    """Opening hours per weekday, and days that differ."""

    special = forms.CharField(
        label=_("Days that differ"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One day on a line: 25-12-2026 closed, or 24-12-2026 09:00-12:00."),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        for number, label in enumerate(WEEKDAYS):
            self.fields[f"day_{number}"] = forms.CharField(label=label, required=False, max_length=120)
        self.order_fields([*(f"day_{n}" for n in range(7)), "special"])

    @property
    def days(self) -> list[forms.BoundField]:
        """The seven fields of the week."""
        return [self[f"day_{number}"] for number in range(7)]

    def weekly(self) -> list[str]:
        """Return what was typed per weekday."""
        return [self.cleaned_data[f"day_{number}"] for number in range(7)]

    def clean_special(self) -> dict[date, str]:
        """Read the lines; the word behind the day is closed, gesloten or opening hours."""
        days = {}
        for line in filter(None, (part.strip() for part in self.cleaned_data["special"].splitlines())):
            day, _space, rest = line.partition(" ")
            try:
                found = parse_day(day.rstrip(":"), today=self.today)
            except Invalid as error:
                raise forms.ValidationError(sentence(error)) from error
            days[found] = "" if rest.strip().lower() in {"", "closed", "gesloten", "dicht"} else rest
        return days


def hours_initial(organisation: Organisation) -> dict[str, str]:
    """Return the stored hours as they are typed."""
    told = {
        f"day_{number}": ", ".join("-".join(span) for span in spans)
        for number, spans in enumerate(organisation.opening_hours)
    }
    lines = [
        f"{date.fromisoformat(day):%d-%m-%Y} " + (", ".join("-".join(span) for span in spans) or "-")
        for day, spans in organisation.special_days.items()
    ]
    return {**told, "special": "\n".join(line.replace(" -", "") for line in lines)}


class _RolesForm(RefusableForm):
    """A form that gives roles and a department."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=ROLES, required=False, widget=forms.CheckboxSelectMultiple
    )
    department = forms.TypedChoiceField(
        label=_("Department"), required=False, coerce=int, empty_value=None, choices=[]
    )

    def __init__(self, *args: Any, departments: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["department"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [("", _("None")), *departments]


class MemberForm(_RolesForm):
    """What somebody may do, and where they work."""


class InviteForm(_RolesForm):
    """A colleague to invite."""

    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Only to remember for whom the link is; you pass it on yourself."),
    )
    field_order = ("email", "roles", "department")


class DepartmentForm(RefusableForm):
    """A department to add."""

    name = forms.CharField(label=_("Name of the department"), max_length=80)


class JoinForm(RefusableForm):
    """A new account, by an invitation."""

    person = forms.CharField(label=_("Your name"), max_length=120, help_text=_("As colleagues see it."))
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput,
        strip=False,
        help_text=_("At least 12 characters. Three or four words that do not belong together are good."),
    )
