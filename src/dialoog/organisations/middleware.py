"""Middleware of every page: the language of the person, and clear answers to domain errors."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import translation

from dialoog.core.errors import DomainError

Answer = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """Speaks the language of whoever signed in; a visitor gets the cookie's or the browser's."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the language for this answer."""
        language = getattr(request.user, "language", None)
        if language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)


class PlainAddressMiddleware:
    """Refuses an address with a NUL in it: nobody types one, and not every database can look for it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on what can be read."""
        if "%00" in request.get_full_path():
            raise BadRequest("a NUL in the address")
        return self.get_response(request)


class DomainErrorMiddleware:
    """Turns an error of the domain that no view caught into its page: 403, 404, 409 or 422."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a domain error; leave every other one to Django."""
        if not isinstance(error, DomainError):
            return None
        context = {"status": error.status, "code": error.code, "params": error.params}
        return TemplateResponse(request, "ui/error.html", context, status=error.status)
