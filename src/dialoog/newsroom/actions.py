"""Changes of the newsroom: open it, change how it presents itself, count a read."""

import re
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import slugify

from dialoog.core.errors import Conflict, Invalid
from dialoog.core.work.events import emit
from dialoog.newsroom.events import NewsroomChanged
from dialoog.newsroom.models import DayReads, Newsroom
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member, Organisation

SLUG_LENGTH = 60
TITLE_LENGTH = 120
INTRO_LENGTH = 600
LANGUAGES = ("nl", "en")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def open_newsroom(actor: Member, *, now: datetime) -> Newsroom:
    """Open the organisation's newsroom; when it is open already, that one is returned.

    Errors: NotAllowed.
    """
    require(actor, "channel.manage")
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().get(pk=actor.organisation_id)
        present = Newsroom.objects.first()
        if present is not None:
            return present
        newsroom = Newsroom.objects.create(
            organisation=organisation,
            slug=_free_slug(organisation),
            title=organisation.name,
            language=organisation.language,
            changed_at=now,
        )
        record(actor, "newsroom.opened", kind="newsroom", subject=newsroom, now=now)
    return newsroom


def _free_slug(organisation: Organisation) -> str:
    """Return the organisation's slug, with a number when another newsroom has it."""
    wanted = slugify(organisation.slug)[:50] or "nieuws"
    # Slugs are one list for the whole installation, so this looks across organisations.
    anyones = Newsroom._base_manager.filter(slug__startswith=wanted)  # noqa: SLF001 - see above
    taken = set(anyones.values_list("slug", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (wanted, *numbered) if slug not in taken)


def change_newsroom(  # noqa: PLR0913 - the fields of one form
    actor: Member, *, title: str, intro: str, slug: str, language: str, is_public: bool, now: datetime
) -> Newsroom:
    """Change how the newsroom presents itself.

    Errors: NotAllowed; Conflict before it is opened; Invalid(field, code) with title_empty, too_long,
            slug_unreadable, slug_taken or language_unknown.
    """
    require(actor, "channel.manage")
    values: dict[str, Any] = {"title": title.strip(), "intro": intro.strip(), "slug": slug.strip().lower()}
    values |= {"language": language, "is_public": is_public}
    _check(values)
    try:
        with transaction.atomic():
            newsroom = Newsroom.objects.select_for_update().first()
            if newsroom is None:
                raise Conflict("newsroom_not_open")
            _change(actor, newsroom, values, now=now)
    except IntegrityError as error:
        raise Invalid("slug", "slug_taken") from error
    return newsroom


def _check(values: dict[str, Any]) -> None:
    if not values["title"]:
        raise Invalid("title", "title_empty")
    for field, limit in (("title", TITLE_LENGTH), ("intro", INTRO_LENGTH), ("slug", SLUG_LENGTH)):
        if len(values[field]) > limit:
            raise Invalid(field, "too_long", {"limit": limit})
    if not _SLUG.fullmatch(values["slug"]):
        raise Invalid("slug", "slug_unreadable")
    if values["language"] not in LANGUAGES:
        raise Invalid("language", "language_unknown")


def _change(actor: Member, newsroom: Newsroom, values: dict[str, Any], *, now: datetime) -> None:
    before = {name: getattr(newsroom, name) for name in values}
    for name, value in values.items():
        setattr(newsroom, name, value)
    newsroom.changed_at, newsroom.revision = now, newsroom.revision + 1
    newsroom.save()
    record(
        actor,
        "newsroom.changed",
        kind="newsroom",
        subject=newsroom,
        now=now,
        before=before,
        after=values,
    )
    told = NewsroomChanged(newsroom.pk, newsroom.title, newsroom.url)
    emit(told, organisation_id=newsroom.organisation_id, now=now)


def count_read(*, organisation_id: int, item_id: int | None, through: str, day: date) -> None:
    """Count one view of an item, or of the newsroom's page or a feed; nothing about the reader is kept."""
    of_day = DayReads.objects.filter(day=day, through=through)
    same = of_day.filter(item__isnull=True) if item_id is None else of_day.filter(item_id=item_id)
    if same.update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            DayReads.objects.create(
                organisation_id=organisation_id, item_id=item_id, day=day, through=through, count=1
            )
    except IntegrityError:
        # Somebody else read it first, at the same moment.
        same.update(count=F("count") + 1)
