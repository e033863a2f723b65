"""The form of one's own account."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class AccountForm(forms.Form):
    """How colleagues see somebody, and which language Dialoog speaks to them."""

    name = forms.CharField(label=_("Your name"), max_length=120, help_text=_("As colleagues see it."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
