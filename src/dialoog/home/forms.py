"""The forms of the set-up and of one's own account."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dialoog.organisations.forms import HoursForm, JoinForm, RefusableForm, zones


class AccountForm(forms.Form):
    """How colleagues see somebody, and which language Dialoog speaks to them."""

    name = forms.CharField(label=_("Your name"), max_length=120, help_text=_("As colleagues see it."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)


class OrganisationForm(RefusableForm):
    """The first page of the set-up."""

    name = forms.CharField(
        label=_("What is your organisation called?"),
        max_length=120,
        help_text=_("For instance Gemeente Vaartland or Bakkerij De Korenaar."),
    )
    language = forms.ChoiceField(
        label=_("In which language do you publish?"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )


class OwnerForm(JoinForm):
    """The second page: whose organisation it is."""


class TimesForm(HoursForm):
    """The third page: when you are there, by which clock, and what you promise."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    answer_within_hours = forms.DecimalField(
        label=_("Within how many opening hours do you answer?"), min_value=0, max_digits=6, decimal_places=2
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, today=today, **options)
        self.order_fields(["time_zone", *(f"day_{n}" for n in range(7)), "special", "answer_within_hours"])


class ColleaguesForm(forms.Form):
    """The fifth page: for how many colleagues a link is wanted, and as what."""

    editors = forms.IntegerField(label=_("Colleagues who write"), min_value=0, max_value=20, initial=0)
    approvers = forms.IntegerField(label=_("Colleagues who approve"), min_value=0, max_value=20, initial=0)
    service = forms.IntegerField(
        label=_("Colleagues who answer people"), min_value=0, max_value=20, initial=0
    )

    def wanted(self) -> list[str]:
        """Return one role for each link."""
        counts = (("editor", "editors"), ("approver", "approvers"), ("service", "service"))
        return [role for role, field in counts for _number in range(self.cleaned_data[field])]
