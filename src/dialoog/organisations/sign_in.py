"""How django-allauth signs people in here: nobody signs up by themselves, and every refusal is a sentence."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# The five minutes are the longest wait of ACCOUNT_RATE_LIMITS["login_failed"].
TOO_MANY_TRIES = _("Too many tries. Try again in 5 minutes. Your password and your devices stay as they are.")


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types
    """Closes open registration: people come in by the set-up link or an invitation."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account can no longer sign in. Ask an owner of your organisation."),
        "email_password_mismatch": _("This e-mail address and this password do not belong together."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your current password."),
        "too_many_login_attempts": TOO_MANY_TRIES,
        "rate_limited": TOO_MANY_TRIES,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse; invitations make accounts in an action of their own."""
        return False
