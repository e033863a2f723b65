"""Changes of the newsroom: open it, change how it presents itself."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from dialoog.newsroom.models import Newsroom
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member, Organisation


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
        )
        record(actor, "newsroom.opened", kind="newsroom", subject=newsroom, now=now)
    return newsroom


def _free_slug(organisation: Organisation) -> str:
    """Return the organisation's slug, with a number when another newsroom has it."""
    wanted = slugify(organisation.slug)[:50] or "nieuws"
    # Slugs are one list for the whole installation, so this looks across organisations.
    taken = set(
        Newsroom._base_manager.filter(slug__startswith=wanted).values_list("slug", flat=True)  # noqa: SLF001
    )
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (wanted, *numbered) if slug not in taken)
