"""What somebody signs in with besides a password: passkeys, codes from an app, recovery codes."""

from dataclasses import dataclass
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dialoog.core.secrets import seal, unseal
from dialoog.organisations.models import User


class DevicesAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth ships no types
    """Keeps the secrets encrypted, and names Dialoog where an app or a device shows it."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or was used before. Wait for the next one in your app."),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt with the installation's keys, so that a dump of the database yields no codes."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return what was encrypted. Errors: SecretUnreadable when no key fits."""
        return str(unseal(encrypted_text))

    def get_totp_issuer(self) -> str:
        """Return the name that an app shows above its code."""
        return "Dialoog"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return for whom a passkey is; the id is the host, as browsers demand."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Dialoog"}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's
        """Return a name for a new passkey; the second and later ones are numbered."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey") if number == 1 else gettext("Passkey %(number)d") % {"number": number}


@dataclass(frozen=True)
class Ways:
    """How somebody signs in besides a password."""

    passkeys: int
    has_codes: bool


def ways_of(user: User) -> Ways:
    """Return what somebody set up, by a count and a yes or no."""
    kinds = list(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    return Ways(kinds.count(Authenticator.Type.WEBAUTHN), Authenticator.Type.TOTP in kinds)


def use_once(user: User, code: str) -> None:
    """Refuse a code that this person used while it still holds; allauth remembers one period only.

    Source: RFC 6238, section 5.2. Errors: ValidationError.
    """
    steps = 2 * app_settings.TOTP_TOLERANCE + 2
    key = f"dialoog.code:{user.pk}:{normalize_user_code(code)}"
    if not cache.add(key, 1, timeout=steps * app_settings.TOTP_PERIOD):
        raise get_adapter().validation_error("incorrect_code")


class _CodeMixin(forms.Form):
    """A field for a code that works once."""

    user: User

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["code"]
        field.label = self.code_label
        field.help_text = self.code_help
        field.widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})

    code_label: Any = _("Code")
    code_help: Any = _("The six digits that your app shows now, or one of your recovery codes.")

    def clean_code(self) -> str:
        """Check the code, then spend it."""
        code: str = super().clean_code()  # type: ignore[misc] # of the form that this is mixed into
        use_once(self.user, code)
        return code


class SignInCodeForm(_CodeMixin, AuthenticateForm):  # type: ignore[misc] # allauth ships no types
    """The second step of signing in."""


class ConfirmCodeForm(_CodeMixin, ReauthenticateForm):  # type: ignore[misc] # allauth ships no types
    """Confirms that it is still you."""


class StartCodesForm(_CodeMixin, ActivateTOTPForm):  # type: ignore[misc] # allauth ships no types
    """Shows that the app knows the secret."""

    code_help = _("The six digits that your app shows now.")


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc] # allauth ships no types
    """A passkey to add."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("Name of the passkey")
        self.fields["name"].help_text = _(
            "So that you know it again, for instance by the name of the device."
        )
        passwordless = self.fields["passwordless"]
        passwordless.label = _("Sign in with this passkey alone, without a password")
        passwordless.help_text = _("Your device then asks for your finger, your face or its PIN each time.")
        passwordless.initial = True


class RenamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc] # allauth ships no types
    """Another name for a passkey."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("Name of the passkey")
        self.fields["name"].max_length = 80
