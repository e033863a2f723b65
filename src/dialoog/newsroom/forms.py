"""The form of the newsroom's settings."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from dialoog.core.errors import DomainError, Invalid

SENTENCES: Final = {
    "title_empty": _("Give the newsroom a title."),
    "too_long": _("This is too long: %(limit)s characters at most."),
    "slug_unreadable": _("Use only small letters, digits and hyphens, for instance de-korenaar."),
    "slug_taken": _("Another newsroom has this address. Choose another one."),
    "language_unknown": _("Choose Dutch or English."),
}


def sentence(error: DomainError) -> str:
    """Say a refusal in words."""
    return str(SENTENCES.get(error.code, _("This cannot be used here. Look at it again."))) % error.params


class NewsroomForm(forms.Form):
    """How the newsroom presents itself."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("Stands above the news, for instance the name of your organisation."),
        error_messages={"required": SENTENCES["title_empty"]},
    )
    intro = forms.CharField(
        label=_("Introduction"),
        required=False,
        widget=forms.Textarea,
        help_text=_("One or two sentences about what people find here."),
    )
    slug = forms.CharField(
        label=_("Address"),
        help_text=_("If you change this, links and embedded code with the old address stop working."),
        error_messages={"required": SENTENCES["slug_unreadable"]},
    )
    language = forms.ChoiceField(
        label=_("Language of the page"),
        choices=[("nl", _("Dutch")), ("en", _("English"))],
        error_messages={"invalid_choice": SENTENCES["language_unknown"]},
    )
    is_public = forms.BooleanField(
        label=_("Everybody can see the newsroom"),
        required=False,
        help_text=_("Switched off, the page, the feeds and the headlines elsewhere show nothing."),
    )

    def refuse(self, error: Invalid) -> None:
        """Show an action's refusal at its field."""
        self.add_error(error.field if error.field in self.fields else None, sentence(error))
