"""The newsroom's news as RSS 2.0, JSON Feed 1.1, and as a script for other sites."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dialoog.core.text import clean_text
from dialoog.newsroom.models import Newsroom
from dialoog.newsroom.queries import NewsItem
from dialoog.newsroom.rules import WIDGET_BYTES
from dialoog.ui.formats import day_year

_SCRIPT = Path(__file__).parent / "widget.js"


def rss(newsroom: Newsroom, items: Sequence[NewsItem]) -> str:
    """Return the news as RSS 2.0.

    Source: https://www.rssboard.org/rss-specification, and atom:link as its best practices ask
    """
    feed = Rss201rev2Feed(
        title=clean_text(newsroom.title).text,
        link=newsroom.url,
        description=clean_text(newsroom.intro).text or newsroom.title,
        language=newsroom.language,
        feed_url=f"{newsroom.url}feed.xml",
    )
    for item in items:
        feed.add_item(
            title=clean_text(item.headline).text,
            link=item.url,
            description=clean_text(content_html(item)).text,
            unique_id=item.url,
            unique_id_is_permalink=True,
            pubdate=item.at,
        )
    return str(feed.writeString("utf-8"))


def json_feed(newsroom: Newsroom, items: Sequence[NewsItem]) -> dict[str, Any]:
    """Return the news as JSON Feed.

    Source: https://www.jsonfeed.org/version/1.1/
    """
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": newsroom.title,
        "home_page_url": newsroom.url,
        "feed_url": f"{newsroom.url}feed.json",
        **({"description": newsroom.intro} if newsroom.intro else {}),
        "language": newsroom.language,
        "authors": [{"name": newsroom.title, "url": newsroom.url}],
        "items": [_json_item(item) for item in items],
    }


def _json_item(item: NewsItem) -> dict[str, Any]:
    first = {"image": item.images[0].url} if item.images else {}
    return {
        "id": item.url,
        "url": item.url,
        **({"title": item.title} if item.title else {}),
        "content_html": str(content_html(item)),
        "content_text": item.text,
        "date_published": item.at.isoformat(timespec="seconds"),
        "language": item.language,
        **first,
    }


def content_html(item: NewsItem) -> SafeString:
    """Return an item with its pictures as HTML for readers elsewhere."""
    pictures = format_html_join(
        "",
        '<p><img src="{}" alt="{}" width="{}" height="{}"></p>',
        ((picture.url, picture.alt, picture.width, picture.height) for picture in item.images),
    )
    return format_html("{}{}", item.body, pictures)


def widget_script(newsroom: Newsroom, items: Sequence[NewsItem]) -> str:
    """Return a script that puts the headlines where it stands; at most 3 kB, so long ones push others out.

    The headlines are in the script itself: a site that allows the script needs to allow nothing else.
    """
    rows = [
        [item.id, item.headline, item.at.isoformat(timespec="minutes"), day_year(item.at)] for item in items
    ]
    while True:
        script = _script(newsroom, rows)
        if len(script.encode()) <= WIDGET_BYTES or not rows:
            return script
        rows.pop()


def _script(newsroom: Newsroom, rows: list[list[Any]]) -> str:
    words = {"title": newsroom.title, "all": _("All news"), "none": _("No news yet.")}
    given = (newsroom.url, newsroom.language, words, rows)
    # JSON is JavaScript, but for two line ends that old engines refuse in a string.
    data = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
    data = data.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return _template().replace("DATA", data[1:-1], 1)


@cache
def _template() -> str:
    return _SCRIPT.read_text()
