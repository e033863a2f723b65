"""The calendar: a week, a month, a list by keyset, and the shelf of what has no date."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from dialoog.core.clock import at_wall_time
from dialoog.policy.models import Approval
from dialoog.publishing.models import Delivery, Post, Variant
from dialoog.publishing.queries.cards import Card, cards_of_all, posts
from dialoog.publishing.rules import SUBJECT, PostState
from dialoog.ui.formats import day as day_of

# A moment and the post at it: what a page of the list ends on.
Key = tuple[datetime, int]
MOST_IN_WINDOW: Final = 400
MOST_IN_MONTH_DAY: Final = 5
PER_PAGE: Final = 50
ON_SHELF: Final = 12


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What to show; None shows all."""

    channel_id: int | None = None
    goal_id: int | None = None
    state: PostState | None = None

    def __bool__(self) -> bool:
        return any((self.channel_id, self.goal_id, self.state))


ALL: Final = Filter()


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day with its cards in order of time; `now_at` is how many of them lie before now, on today only.

    `more` counts the cards that don't fit.
    """

    day: date
    cards: Sequence[Card]
    is_today: bool
    is_inside: bool = True
    now_at: int | None = None
    more: int = 0

    @property
    def weekday(self) -> str:
        """The day of the week in short: "do"."""
        return day_of(self.day).split()[0]


@dataclass(frozen=True)
class Window:
    """Days that follow one another, and the shelf; `is_cut` says that there is more than can be shown."""

    days: Sequence[Day]
    undated: Sequence[Card]
    is_cut: bool = False


@dataclass(frozen=True)
class Listing:
    """A page of the list, earliest first, with the keys of what comes before and after it, and the shelf."""

    cards: Sequence[Card]
    undated: Sequence[Card]
    earlier: str = ""
    later: str = ""


def calendar_week(slug: str, *, day: date, zone: ZoneInfo, now: datetime, wanted: Filter = ALL) -> Window:
    """Return the week in which `day` lies, Monday first, with the shelf of what has no date."""
    monday = day - timedelta(days=day.weekday())
    return _window(slug, monday, 7, zone=zone, now=now, wanted=wanted)


def calendar_month(slug: str, *, day: date, zone: ZoneInfo, now: datetime, wanted: Filter = ALL) -> Window:
    """Return the whole weeks of the month in which `day` lies; a day shows five cards and counts the rest."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    start = first - timedelta(days=first.weekday())
    count = ((last - start).days // 7 + 1) * 7
    whole = _window(slug, start, count, zone=zone, now=now, wanted=wanted)
    return Window([_short(one, month=day.month) for one in whole.days], whole.undated, whole.is_cut)


def _short(day: Day, *, month: int) -> Day:
    return Day(
        day=day.day,
        cards=day.cards[:MOST_IN_MONTH_DAY],
        is_today=day.is_today,
        is_inside=day.day.month == month,
        more=max(0, len(day.cards) - MOST_IN_MONTH_DAY),
    )


def _window(slug: str, start: date, count: int, *, zone: ZoneInfo, now: datetime, wanted: Filter) -> Window:
    begins, ends = midnight(start, zone), midnight(start + timedelta(days=count), zone)
    found = _wanted(posts(), wanted).filter(due_at__gte=begins, due_at__lt=ends).order_by("due_at", "id")
    cards, drafts = cards_of_all([found[: MOST_IN_WINDOW + 1], _shelf(wanted)], slug=slug)
    by_day: dict[date, list[Card]] = defaultdict(list)
    for card in cards[:MOST_IN_WINDOW]:
        if card.due_at and (wanted.state is None or card.state == wanted.state):
            by_day[card.due_at.astimezone(zone).date()].append(card)
    today = now.astimezone(zone).date()
    days = [start + timedelta(days=step) for step in range(count)]
    shown = [_day(one, by_day[one], today=today, now=now) for one in days]
    return Window(shown, _in_state(drafts, wanted), len(cards) > MOST_IN_WINDOW)


def _day(day: date, cards: list[Card], *, today: date, now: datetime) -> Day:
    past = sum(1 for card in cards if card.due_at and card.due_at <= now)
    return Day(day=day, cards=cards, is_today=day == today, now_at=past if day == today else None)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which a day begins in a zone, in UTC.

    Errors: Invalid("day", "day_out_of_range") outside 1900-2199.
    """
    return at_wall_time(day, time(0), zone).moment


def calendar_list(
    slug: str, *, now: datetime, zone: ZoneInfo, wanted: Filter = ALL, earlier: str = "", later: str = ""
) -> Listing:
    """Return a page of planned and published posts, from today on unless a key asks for what lies elsewhere.

    A key that can't be read is left aside.
    """
    found = _by_state(_wanted(posts().filter(due_at__isnull=False), wanted), wanted.state)
    if before := _key(earlier):
        return _page_before(found, before, slug=slug, wanted=wanted)
    today = midnight(now.astimezone(zone).date(), zone)
    page = _page_after(found, _key(later) or (today, 0), slug=slug, wanted=wanted)
    return page if page.cards or later else _page_before(found, (today, 0), slug=slug, wanted=wanted)


def _page_after(found: QuerySet[Post], key: Key, *, slug: str, wanted: Filter) -> Listing:
    at, pk = key
    following = found.filter(due_at__gte=at).exclude(due_at=at, id__lte=pk).order_by("due_at", "id")
    cards, drafts = cards_of_all([following[: PER_PAGE + 1], _shelf(wanted)], slug=slug, with_day=True)
    shown = cards[:PER_PAGE]
    later = _key_of(shown[-1]) if len(cards) > PER_PAGE else ""
    return Listing(shown, _in_state(drafts, wanted), _key_of(shown[0]) if shown else "", later)


def _page_before(found: QuerySet[Post], key: Key, *, slug: str, wanted: Filter) -> Listing:
    at, pk = key
    preceding = found.filter(due_at__lte=at).exclude(due_at=at, id__gte=pk).order_by("-due_at", "-id")
    cards, drafts = cards_of_all([preceding[: PER_PAGE + 1], _shelf(wanted)], slug=slug, with_day=True)
    shown = cards[:PER_PAGE][::-1]
    earlier = _key_of(shown[0]) if len(cards) > PER_PAGE else ""
    return Listing(shown, _in_state(drafts, wanted), earlier, _key_of(shown[-1]) if shown else "")


def _key_of(card: Card) -> str:
    return f"{card.due_at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{card.id}" if card.due_at else ""


def _key(text: str) -> Key | None:
    moment, _sign, pk = text.partition("-")
    try:
        return datetime.strptime(moment, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC), min(int(pk), 2**62)
    except ValueError:
        return None


def _shelf(wanted: Filter) -> QuerySet[Post]:
    """Return the newest drafts without a planned moment."""
    return _wanted(posts().filter(due_at__isnull=True), wanted).order_by("-id")[:ON_SHELF]


def _in_state(cards: Sequence[Card], wanted: Filter) -> list[Card]:
    return [card for card in cards if wanted.state in {None, card.state}]


def _wanted(found: QuerySet[Post], wanted: Filter) -> QuerySet[Post]:
    if wanted.goal_id:
        found = found.filter(goal_id=wanted.goal_id)
    if wanted.channel_id:
        # Not a join: it would look up the variants of all posts before the newest few are taken.
        chosen = Variant.objects.filter(post=OuterRef("pk"), channel_id=wanted.channel_id)
        found = found.filter(Exists(chosen))
    return found


_DELIVERY_STATES: Final = {
    "failed": ("failed",),
    "partly": ("failed",),
    "unknown": ("unknown",),
    "held": ("held",),
    "handed": ("handed",),
    "sending": ("claimed", "sending"),
    "planned": ("scheduled",),
    "removed": ("removed",),
    "published": ("published",),
}


def _by_state(found: QuerySet[Post], state: PostState | None) -> QuerySet[Post]:
    if state is None:
        return found
    if state in {"waiting", "changes", "draft"}:
        asked = Approval.objects.filter(subject_kind=SUBJECT, state="asked").values("subject_id")
        return found.filter(pk__in=asked)
    states = _DELIVERY_STATES[state]
    if state in {"published", "planned"}:
        return found.filter(Exists(Delivery.objects.filter(post=OuterRef("pk"), state__in=states)))
    # Rare states are looked up the other way round: few deliveries, by their own index.
    rare = Delivery.objects.filter(state__in=states, post__isnull=False).values("post")
    return found.filter(Q(pk__in=rare))
