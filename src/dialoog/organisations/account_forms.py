"""The forms of signing in and of one's own password, in our own words."""

from typing import Any, Final

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dialoog.core.clock import now as read_clock
from dialoog.organisations.mail import ask_for_link

_LABELS: Final[dict[str, Any]] = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "remember": _("Stay signed in on this device"),
    "oldpassword": _("Your password now"),
    "password1": _("New password"),
    "password2": _("The new password once more"),
}
_HINTS: Final[dict[str, Any]] = {
    "password1": _("At least 12 characters. Three or four words that do not belong together are good."),
}


class _OwnWordsMixin(forms.Form):
    """Takes our labels and hints; a placeholder that repeats a label goes."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.label = _LABELS.get(name, field.label)
            field.help_text = _HINTS.get(name, field.help_text)
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_OwnWordsMixin, LoginForm):  # type: ignore[misc] # allauth ships no types
    """The first step of signing in."""


class ConfirmPasswordForm(_OwnWordsMixin, ReauthenticateForm):  # type: ignore[misc] # allauth ships no types
    """Confirms that it is still you."""


class OwnPasswordForm(_OwnWordsMixin, ChangePasswordForm):  # type: ignore[misc] # allauth ships no types
    """Another password, by who knows the one of now."""


class ForgottenForm(_OwnWordsMixin, ResetPasswordForm):  # type: ignore[misc] # allauth ships no types
    """Asks for a link by mail."""

    def save(self, request: HttpRequest, **_options: Any) -> str:
        """Ask for the mail; allauth itself would send it while the person waits."""
        ask_for_link(self.users, now=read_clock())
        email: str = self.cleaned_data["email"]
        return email


class NewPasswordForm(_OwnWordsMixin, ResetPasswordKeyForm):  # type: ignore[misc] # allauth ships no types
    """A new password, by a link."""
