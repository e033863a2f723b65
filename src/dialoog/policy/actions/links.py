"""Asking whether links arrive, and keeping the answer with its age."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db import transaction
from django_scopes import get_scope

from dialoog.core.work.jobs import enqueue
from dialoog.organisations.models import Organisation
from dialoog.policy.models import LinkCheck

LOOK_UP_JOB: Final = "policy.look_up_link"
FRESH: Final = timedelta(hours=12)
# What failed may be mended any minute.
FRESH_FAILURE: Final = timedelta(minutes=10)
MOST_LINKS: Final = 50
LONGEST: Final = 2048


@transaction.atomic
def look_up_links(urls: Iterable[str], *, now: datetime) -> int:
    """Ask the worker to look whether addresses answer, unless that was done lately; return how many.

    The organisation is the one in scope; whoever calls this was allowed to write the text.
    """
    wanted = list(dict.fromkeys(bare for url in urls if len(bare := url.partition("#")[0]) <= LONGEST))
    known = {check.url: check for check in LinkCheck.objects.filter(url__in=wanted[:MOST_LINKS])}
    stale = [url for url in wanted[:MOST_LINKS] if url not in known or _is_stale(known[url], now=now)]
    for url in stale:
        organisation_id = _organisation_id()
        check = known.get(url) or LinkCheck.objects.get_or_create(organisation_id=organisation_id, url=url)[0]
        enqueue(
            LOOK_UP_JOB,
            key=f"{LOOK_UP_JOB}:{organisation_id}:{sha256(url.encode()).hexdigest()[:32]}",
            due_at=now,
            now=now,
            organisation_id=organisation_id,
            payload={"check_id": check.pk},
        )
    return len(stale)


def _is_stale(check: LinkCheck, *, now: datetime) -> bool:
    if check.checked_at is None:
        return True
    return now - check.checked_at >= (FRESH if check.is_reachable else FRESH_FAILURE)


def _organisation_id() -> int:
    scoped = get_scope()["organisation"]
    return scoped.pk if isinstance(scoped, Organisation) else int(scoped)


def note_link(
    *, check: LinkCheck, is_reachable: bool | None, status: int | None, code: str, now: datetime
) -> None:
    """Keep what an address answered (the worker's); None: it answered, but not to strangers."""
    LinkCheck.objects.filter(pk=check.pk).update(
        is_reachable=is_reachable, status=status, code=code, checked_at=now
    )
