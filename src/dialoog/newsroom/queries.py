"""What is known of the newsroom of the organisation in scope: its items, and how often they were read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dialoog.newsroom.addresses import complete, image_path, item_path
from dialoog.newsroom.models import DayReads, Item, Newsroom
from dialoog.newsroom.rendering import paragraphs
from dialoog.newsroom.rules import PAGE_SIZE, Place, headline, split_title
from dialoog.ui.formats import day_long


@dataclass(frozen=True)
class NewsImage:
    """A picture of an item. Units: width and height in pixels."""

    path: str
    alt: str
    mime: str
    width: int
    height: int

    @property
    def url(self) -> str:
        """The complete address, for elsewhere."""
        return complete(self.path)


@dataclass(frozen=True)
class NewsItem:
    """An item, ready to show in the active language and zone; `title` is empty when the text has none."""

    id: int
    path: str
    at: datetime
    day: date
    language: str
    headline: str
    title: str
    body: SafeString
    text: str
    images: tuple[NewsImage, ...]

    @property
    def url(self) -> str:
        """The complete address, for elsewhere."""
        return complete(self.path)

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.at, self.id)


@dataclass(frozen=True)
class NewsPage:
    """One page of the list, newest first, and the places of its neighbours."""

    items: tuple[NewsItem, ...]
    older: Place | None
    newer: Place | None


@dataclass(frozen=True)
class ReadCount:
    """How often something was read on a day; `item_id` None is the newsroom's own page or feed."""

    item_id: int | None
    day: date
    through: str
    count: int


def the_newsroom() -> Newsroom | None:
    """Return the organisation's newsroom, or None before it is opened."""
    return Newsroom.objects.first()


def public_newsroom(slug: str) -> Newsroom | None:
    """Return the public newsroom with this address, whichever organisation's it is."""
    anyones = Newsroom._base_manager.select_related("organisation")  # noqa: SLF001 - public, before any scope
    return anyones.filter(slug=slug, is_public=True).first()


def visible() -> QuerySet[Item]:
    """Return the items that weren't withdrawn, newest first."""
    return Item.objects.filter(withdrawn_at__isnull=True).order_by("-published_at", "-id")


def news_page(
    newsroom: Newsroom, *, before: Place | None = None, after: Place | None = None, size: int = PAGE_SIZE
) -> NewsPage:
    """Return the newest items, or those just older than `before`, or just newer than `after`."""
    if after is not None:
        rows = list(visible().filter(_newer(after)).order_by("published_at", "id")[: size + 1])
        shown, more = rows[:size][::-1], len(rows) > size
        items = tuple(news_item(newsroom, row) for row in shown)
        return NewsPage(items, items[-1].place if items else None, items[0].place if more else None)
    found = visible().filter(_older(before)) if before else visible()
    rows = list(found[: size + 1])
    items = tuple(news_item(newsroom, row) for row in rows[:size])
    older = items[-1].place if len(rows) > size else None
    return NewsPage(items, older, items[0].place if before and items else None)


def _older(place: Place) -> Q:
    # The first half lets the index find where to begin.
    return Q(published_at__lte=place.at) & (Q(published_at__lt=place.at) | Q(id__lt=place.id))


def _newer(place: Place) -> Q:
    return Q(published_at__gte=place.at) & (Q(published_at__gt=place.at) | Q(id__gt=place.id))


def visible_item(newsroom: Newsroom, item_id: int) -> NewsItem | None:
    """Return one item, or None when it isn't there or was withdrawn."""
    row = visible().filter(pk=item_id).first()
    return news_item(newsroom, row) if row else None


def news_item(newsroom: Newsroom, row: Item) -> NewsItem:
    """Return an item as it is shown."""
    title, rest = split_title(row.text)
    return NewsItem(
        id=row.pk,
        path=item_path(newsroom.slug, row.pk),
        at=row.published_at,
        day=timezone.localdate(row.published_at),
        language=row.language or newsroom.language,
        headline=headline(row.text) or _("Picture of %(day)s") % {"day": day_long(row.published_at)},
        title=title,
        body=paragraphs(rest),
        text=row.text,
        images=tuple(_image(newsroom, row, held) for held in row.images),
    )


def _image(newsroom: Newsroom, row: Item, held: dict[str, object]) -> NewsImage:
    return NewsImage(
        path=image_path(newsroom.slug, row.pk, str(held["name"])),
        alt=str(held["alt"]),
        mime=str(held["mime"]),
        width=int(str(held["width"])),
        height=int(str(held["height"])),
    )


def reads(*, start: date, end: date, item_ids: Collection[int] | None = None) -> list[ReadCount]:
    """Return how often items and the newsroom's page and feeds were read, per day.

    Units:  page views, not visitors: nobody is followed, so two views by one person are two.
    Shape:  days in the organisation's zone, `end` included; one row per day, item and way
            (page, rss, json, widget); a day without reads has no row.
    """
    rows = DayReads.objects.filter(day__gte=start, day__lte=end)
    if item_ids is not None:
        rows = rows.filter(item_id__in=item_ids)
    summed = rows.values_list("item_id", "day", "through").annotate(total=Sum("count"))
    return [ReadCount(*row) for row in summed.order_by("day", "item_id", "through")]


def reads_in_total(keys: Collection[str]) -> dict[str, int]:
    """Return how often the pages of these items were read since they are there, by the item's key."""
    found = Item.objects.filter(key__in=keys, withdrawn_at__isnull=True)
    summed = found.values_list("key").annotate(total=Sum("dayreads__count"))
    return {key: total or 0 for key, total in summed}
