"""What machines ask of an installation: whether it lives, whether it can work, and its figures."""

import hmac
import ipaddress

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialoog.config import figures
from dialoog.core.clock import now as read_clock


@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers; nothing else is asked, so that a slow database restarts no web server."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Say whether pages can be served: the database answers, and its tables are those of this version.

    Whether a worker runs is told too, and doesn't count: without one nothing goes out, but people can still read.
    """
    found = {"database": False, "tables": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        found["database"] = True
        found["tables"] = _has_all_tables()
        found["worker"] = found["tables"] and figures.workers_alive(read_clock()) > 0
    except DatabaseError:
        pass
    is_ready = found["database"] and found["tables"]
    return JsonResponse({"ready": is_ready, **found}, status=200 if is_ready else 503)


def _has_all_tables() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures to who holds DIALOOG_METRICS_TOKEN; without one only to this very machine."""
    if not _may_read(request):
        return HttpResponseForbidden(
            "The figures need the token of DIALOOG_METRICS_TOKEN.\n", content_type="text/plain"
        )
    return HttpResponse(figures.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    # Behind a proxy the caller is named in a header; then this machine is only the proxy.
    if "X-Forwarded-For" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
