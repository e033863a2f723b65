"""The public pages: the list, an item, its pictures, the feeds and the widget."""

import itertools
from pathlib import Path

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt

from dialoog.newsroom.feeds import json_feed, rss, widget_script
from dialoog.newsroom.images import FOLDER, TYPES
from dialoog.newsroom.public import NewsRequest, public
from dialoog.newsroom.queries import news_page, visible_item
from dialoog.newsroom.rules import FEED_SIZE, Place, place_key, read_place, widget_count

FONTS = ("sans", "serif")


@public("page")
def news(request: NewsRequest) -> HttpResponse:
    """Show the news, newest first, by day."""
    before = read_place(request.GET.get("voor", ""))
    after = None if before else read_place(request.GET.get("na", ""))
    found = news_page(request.newsroom, before=before, after=after)
    context = {
        "newsroom": request.newsroom,
        "days": [(day, list(items)) for day, items in itertools.groupby(found.items, lambda item: item.day)],
        "is_first": not (before or after),
        "older_url": _turn("voor", found.older),
        "newer_url": _turn("na", found.newer),
    }
    return render(request, "newsroom/news.html", context)


def _turn(name: str, place: Place | None) -> str:
    return f"?{name}={place_key(place)}" if place else ""


@public("page")
def item(request: NewsRequest, item_id: int) -> HttpResponse:
    """Show one item."""
    found = visible_item(request.newsroom, item_id)
    if found is None:
        raise Http404
    return render(request, "newsroom/item.html", {"newsroom": request.newsroom, "item": found})


@public()
def image(request: NewsRequest, item_id: str, name: str) -> HttpResponse:
    """Show a picture of an item that is there; the name is its digest, so it may be kept for ever."""
    found = visible_item(request.newsroom, int(item_id))
    path = Path(settings.MEDIA_ROOT) / FOLDER / name
    if (
        found is None
        or not any(held.path.endswith(f"/{name}") for held in found.images)
        or not path.is_file()
    ):
        raise Http404
    answer = HttpResponse(path.read_bytes(), content_type=TYPES[path.suffix])
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return _for_other_sites(answer)


@public("rss")
def rss_feed(request: NewsRequest) -> HttpResponse:
    """Give the news as RSS."""
    found = news_page(request.newsroom, size=FEED_SIZE)
    answer = HttpResponse(
        rss(request.newsroom, found.items), content_type="application/rss+xml; charset=utf-8"
    )
    return _for_other_sites(answer)


@public("json")
def json_news(request: NewsRequest) -> HttpResponse:
    """Give the news as JSON Feed, to other sites too."""
    found = news_page(request.newsroom, size=FEED_SIZE)
    answer = JsonResponse(
        json_feed(request.newsroom, found.items),
        content_type="application/feed+json",
        json_dumps_params={"ensure_ascii": False},
    )
    return _for_other_sites(answer)


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@public("widget")
def widget(request: NewsRequest) -> HttpResponse:
    """Show headlines in a frame on another site: the only page that may be framed."""
    found = news_page(request.newsroom, size=widget_count(request.GET.get("aantal", "")))
    font = request.GET.get("letter", "")
    context = {"newsroom": request.newsroom, "items": found.items, "font": font if font in FONTS else "sans"}
    return render(request, "newsroom/widget.html", context)


@public("widget")
def script(request: NewsRequest) -> HttpResponse:
    """Give the script that puts headlines on another site."""
    found = news_page(request.newsroom, size=widget_count(request.GET.get("aantal", "")))
    text = widget_script(request.newsroom, found.items)
    return _for_other_sites(HttpResponse(text, content_type="text/javascript; charset=utf-8"))


def _for_other_sites(answer: HttpResponse) -> HttpResponse:
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
