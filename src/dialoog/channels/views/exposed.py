"""What networks fetch: an image or a film, for whoever knows its address."""

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from dialoog.channels.exposing import exposed, path_of
from dialoog.core.clock import now as read_clock


@require_safe
def media(request: HttpRequest, token: str) -> FileResponse:
    """Give the bytes exactly as they are, with their length, to be kept by nobody."""
    found = exposed(token, now=read_clock())
    if found is None:
        raise Http404
    try:
        file = path_of(found.file).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    # Packed, it would go without its length, and networks refuse a film of unknown length.
    request.META["HTTP_ACCEPT_ENCODING"] = "identity"
    answer = FileResponse(file, content_type=found.mime)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
