"""The form by which an account is connected."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dialoog.channels.sentences import refusal
from dialoog.core.errors import Invalid

BLUESKY_ADDRESS = "https://bsky.social"


class _RefusedForm(forms.Form):
    """A form whose action may refuse; what is missing is told by the action, in the same words for every way in."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.fields.keys() & {"address", "handle"}:
            self.fields[name].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}

    def refuse(self, error: Invalid) -> None:
        """Show an action's refusal at its field."""
        self.add_error(error.field if error.field in self.fields else None, refusal(error))


class SignInForm(_RefusedForm):
    """Which server to sign in at."""

    address = forms.CharField(
        label=_("Address of the server"),
        initial=BLUESKY_ADDRESS,
        required=False,
        help_text=_("For most accounts https://bsky.social. Your organisation may have a server of its own."),
    )

    handle = forms.CharField(
        label=_("Handle"),
        required=False,
        help_text=_("Then the server knows at once who signs in."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, auto_id="sign_in_%s", **options)


class BlueskyForm(_RefusedForm):
    """Which server, who, and an app password."""

    address = forms.CharField(
        label=_("Address of the server"),
        initial=BLUESKY_ADDRESS,
        required=False,
        help_text=_("For most accounts https://bsky.social. Your organisation may have a server of its own."),
    )
    handle = forms.CharField(
        label=_("Handle"),
        required=False,
        help_text=_("The full name of the account, for instance dekorenaar.bsky.social."),
    )
    password = forms.CharField(
        label=_("App password"),
        required=False,
        strip=True,
        widget=forms.PasswordInput(render_value=False),
        help_text=_(
            "Four groups of four characters, made for Dialoog alone. Not the password of the account."
        ),
    )
