"""Answer a request with a whole page, or with only the part that htmx asked for."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from django.contrib.messages import get_messages
from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.cache import patch_vary_headers

PARTIAL_HEADERS = ("HX-Request", "HX-Target", "HX-Request-Type")
_WRITING = {"POST", "PUT", "PATCH"}


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Return `template` in full, or its `partialdef` that bears the id of the element htmx will fill.

    A submitted form with errors in the context turns a 200 into 422 and sets `has_errors`, with which
    the title begins "Error: ". Waiting messages travel along with a partial as toasts or notices.
    """
    values = dict(context or {})
    values["has_errors"] = request.method in _WRITING and any(_is_refused(v) for v in values.values())
    if values["has_errors"] and status == HTTPStatus.OK:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    response = HttpResponse(_body(request, template, values), status=status)
    patch_vary_headers(response, PARTIAL_HEADERS)
    return response


def wants_partial(request: HttpRequest) -> str:
    """Return the id of the element that htmx will fill, or nothing when it wants the whole page.

    htmx 4 sends the target as `tag#id`, percent-encoded, and `HX-Request-Type: full` when it fills
    the body or selects from a page.
    """
    headers = request.headers
    if headers.get("HX-Request") != "true" or headers.get("HX-Request-Type") == "full":
        return ""
    return unquote(headers.get("HX-Target", "").partition("#")[2])


def _body(request: HttpRequest, template: str, values: dict[str, Any]) -> str:
    part = wants_partial(request)
    if part:
        try:
            chosen = get_template(f"{template}#{part}")
        except TemplateDoesNotExist:
            return get_template(template).render(values, request)
        return chosen.render(values, request) + _waiting_messages(request)
    return get_template(template).render(values, request)


def _waiting_messages(request: HttpRequest) -> str:
    messages = get_messages(request)
    if not len(messages):
        return ""
    return get_template("ui/parts/toasts.html").render({"messages": messages}, request)


def _is_refused(value: object) -> bool:
    if isinstance(value, BaseForm):
        return value.is_bound and bool(value.errors)
    if isinstance(value, BaseFormSet):
        return value.is_bound and not value.is_valid()
    return False
