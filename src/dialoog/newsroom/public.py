"""The door of the public pages: no cookies, the newsroom's own language and zone, and answers that may be kept."""

import functools
import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, cast

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_safe
from django_scopes import scope

from dialoog.core.clock import now as read_clock
from dialoog.newsroom.actions import count_read
from dialoog.newsroom.models import Newsroom
from dialoog.newsroom.queries import public_newsroom
from dialoog.newsroom.rules import is_reader

log = logging.getLogger(__name__)
P = ParamSpec("P")
# Short, so that a withdrawn item soon leaves the caches; after that a question by ETag costs one query.
KEEP_SECONDS = 60
STALE_SECONDS = 600


class NewsRequest(HttpRequest):
    """A request for a public page, whose newsroom is known."""

    newsroom: Newsroom


PublicView = Callable[Concatenate[NewsRequest, P], HttpResponse]


def public(through: str = "") -> Callable[[PublicView[P]], Callable[..., HttpResponse]]:
    """Serve a public page of a newsroom and count its reads; 404 when there is none, or it was switched off."""

    def guard(view: PublicView[P]) -> Callable[..., HttpResponse]:
        @require_safe
        @functools.wraps(view)
        def served(request: NewsRequest, newsroom: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            found = public_newsroom(newsroom)
            if found is None:
                raise Http404
            request.newsroom = found
            item_id = cast("int | None", kwargs.get("item_id"))
            with _as_the_newsroom(found):
                make = functools.partial(view, request, *args, **kwargs)
                answer = _answer(request, make, early=item_id is None)
                if through and answer.status_code in {200, 304}:
                    _count(request, through, item_id=item_id)
            _forget_the_visitor(request)
            answer.headers["Content-Language"] = found.language
            return answer

        served.is_public = True  # type: ignore[attr-defined] # read by the matrix test
        return served

    return guard


@contextmanager
def _as_the_newsroom(newsroom: Newsroom) -> Iterator[None]:
    organisation = newsroom.organisation
    with (
        scope(organisation=organisation),
        timezone.override(organisation.zone),
        translation.override(newsroom.language),
    ):
        yield


def _answer(request: NewsRequest, make: Callable[[], HttpResponse], *, early: bool) -> HttpResponse:
    """Make the page, or answer 304 when the visitor has it; for an item only after it proved to be there."""
    etag, moment = _etag(request), int(request.newsroom.changed_at.timestamp())
    known = get_conditional_response(request, etag=etag, last_modified=moment) if early else None
    answer = known or make()
    if answer.status_code not in {200, 304} or "Cache-Control" in answer.headers:
        return answer
    patch_cache_control(answer, public=True, max_age=KEEP_SECONDS, stale_while_revalidate=STALE_SECONDS)
    answer.headers["ETag"], answer.headers["Last-Modified"] = etag, http_date(moment)
    kept = get_conditional_response(request, etag=etag, last_modified=moment, response=answer)
    return cast("HttpResponse", kept)


def _etag(request: NewsRequest) -> str:
    """Return what changes with the news, its settings, the address, and the look of the page."""
    newsroom = request.newsroom
    parts = (newsroom.pk, newsroom.revision, request.get_full_path(), static("newsroom/news.css"))
    return quote_etag(hashlib.sha256(repr(parts).encode()).hexdigest()[:24])


def _forget_the_visitor(request: HttpRequest) -> None:
    """Keep a signed-in colleague's session out of the answer, so that caches may share it."""
    request.session.accessed = False
    request.session.modified = False


def _count(request: NewsRequest, through: str, *, item_id: int | None) -> None:
    """Count this view, if a reader asked for it; an answer never fails over it."""
    headers = request.headers
    purpose = headers.get("Sec-Purpose", "") or headers.get("Purpose", "")
    if not is_reader(method=request.method or "", agent=headers.get("User-Agent", ""), purpose=purpose):
        return
    day = timezone.localdate(read_clock())
    try:
        count_read(
            organisation_id=request.newsroom.organisation_id, item_id=item_id, through=through, day=day
        )
    except DatabaseError:
        log.exception("a read could not be counted")
