"""Logs: a line for people, or JSON for machines; each with the request or delivery it is about, and no secret."""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_GIVEN: Final = re.compile(r"[\w-]{8,64}")
# Tokens, keys and app passwords, and what follows a word that announces one.
_SECRET: Final = re.compile(
    r"(?i)\b(bearer|token|secret|password|authorization|code|key)(\"?\s*[:=]\s*\"?|\s+)[^\s\"&,;]{6,}|[\w.~+=-]{40,}"
)


class Context(logging.Filter):
    """Gives each line the id of its request, and takes out what may be a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; keep it always."""
        record.request_id = _request_id.get()
        said = record.getMessage()
        clean = _SECRET.sub("…", said)
        if clean != said:
            record.msg, record.args = clean, None
        return True


class RequestIdMiddleware:
    """Names each request, so that its lines in the log can be found; the name goes back in X-Request-Id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take the proxy's name for it when it has one."""
        given = request.headers.get("X-Request-Id", "")
        name = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex[:16]
        mark = _request_id.set(name)
        try:
            answer = self.get_response(request)
        finally:
            _request_id.reset(mark)
        answer.headers["X-Request-Id"] = name
        return answer


def settings_for(level: str, form: str) -> dict[str, Any]:
    """Return Django's description of the logs; `form` is "line" or "json"."""
    names = "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": "dialoog.config.logs.Context"}},
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
            "json": {"()": "pythonjsonlogger.json.JsonFormatter", "format": names, "timestamp": True},
        },
        "handlers": {
            "err": {
                "class": "logging.StreamHandler",
                "formatter": "json" if form == "json" else "line",
                "filters": ["context"],
            }
        },
        "root": {"handlers": ["err"], "level": level},
    }
