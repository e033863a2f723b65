"""How django-allauth signs people in here: nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types
    """Closes open registration: people come in by the set-up link or an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse; invitations make accounts in an action of their own."""
        return False
