"""Taking deliveries: those that are due, those that must be looked for, those that a dead worker left."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from dialoog.core.faults import fault_point
from dialoog.core.work.leases import Claim, Ticket, claim, left_behind
from dialoog.publishing.delivering.outcomes import Move, write
from dialoog.publishing.models import Delivery

# Longer than anything that is done under it: a renewal of the grant, and a request.
LEASE: Final = timedelta(seconds=150)
# So many may be claimed and wait in memory, of all channels together; each may always have a few.
MOST: Final = 1000
LEAST: Final = 20
LEASED: Final = ("claimed", "sending", "unknown")


def is_due(*, now: datetime, ahead: timedelta = timedelta()) -> bool:
    """Tell whether there may be something to claim, in one cheap question: a worker asks it all day."""
    due = Q(state="scheduled", due_at__lte=now + ahead) | Q(state="unknown", due_at__lte=now)
    return _rows().filter(due).exists()


def claim_due(
    owner: str, *, now: datetime, ahead: timedelta = timedelta(), held: Mapping[int, int] | None = None
) -> dict[Ticket, int]:
    """Claim what is due within `ahead`, and return the channel of each.

    Every channel gets an equal part, less what of it is `held` already; one that asked for quiet gets none.
    """
    due = _rows().filter(state="scheduled", due_at__lte=now + ahead)
    quiet = Q(channel__quiet_until__gt=now)
    found = dict(due.exclude(quiet).order_by().values_list("channel_id").annotate(n=Count("pk")))
    part = max(LEAST, MOST // max(1, len(found)))
    taken: dict[Ticket, int] = {}
    for channel_id in found:
        room = part - (held or {}).get(channel_id, 0)
        taken |= _claim(channel_id, "scheduled", "claimed", owner=owner, now=now, ahead=ahead, limit=room)
    return taken


def claim_unknown(owner: str, *, now: datetime, held: Mapping[int, int] | None = None) -> dict[Ticket, int]:
    """Claim unknown ones whose look is due; they stay unknown while somebody looks."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    found = _rows().filter(free, state="unknown", due_at__lte=now).order_by()
    taken: dict[Ticket, int] = {}
    for channel_id in set(found.values_list("channel_id", flat=True)):
        room = LEAST - (held or {}).get(channel_id, 0)
        taken |= _claim(channel_id, "unknown", "unknown", owner=owner, now=now, limit=room)
    return taken


def _claim(  # noqa: PLR0913 - which, from where to where, for whom, when, how many
    channel_id: int,
    old: str,
    new: str,
    *,
    owner: str,
    now: datetime,
    limit: int,
    ahead: timedelta = timedelta(),
) -> dict[Ticket, int]:
    wanted = Claim(
        states=(old,),
        to=new,
        now=now + ahead,
        limit=limit,
        owner=owner,
        lease=LEASE - ahead,
        extra_where=f"channel_id = {int(channel_id)}",
        is_free_only=old == new,
    )
    return dict.fromkeys(claim(Delivery, wanted), channel_id)


def load(tickets: Iterable[Ticket]) -> dict[Ticket, Delivery]:
    """Return claimed deliveries with all that judging and sending need; a claim that was lost is left out."""
    joined = _rows().select_related(
        "organisation",
        "channel",
        "post__goal",
        "post__author__user",
        "post__author__department",
        "author__user",
        "author__department",
    )
    wanted = {ticket.pk: ticket for ticket in tickets}
    if not wanted:
        return {}
    found: dict[Ticket, Delivery] = {}
    for delivery in joined.filter(pk__in=wanted):
        ticket = wanted[delivery.pk]
        if delivery.attempt == ticket.attempt:
            found[ticket] = delivery
            if delivery.post:
                delivery.post.organisation = delivery.organisation
    return found


def recover(*, now: datetime) -> int:
    """Take over what a dead worker left: what was only claimed leaves again, what was sending is unknown."""
    if not _rows().filter(state__in=LEASED, lease_until__isnull=False).exists():
        return 0
    left = {state: left_behind(Delivery, states=(state,), now=now) for state in LEASED}
    if not any(left.values()):
        return 0
    with transaction.atomic():
        moves = [
            *_moves(left["claimed"], "claimed", "scheduled"),
            *_moves(left["sending"], "sending", "unknown", code="worker_died", due_at=now, read_backs=0),
        ]
        if moves:
            fault_point("recovering")
        held = write(moves, now=now)
        _free(left["unknown"])
    return len(held)


def _moves(left: Iterable[Ticket], old: str, new: str, *, code: str = "", **values: object) -> list[Move]:
    """Return the moves of rows that are left behind, as far as nobody else has them in hand.

    A host that froze while it wrote may keep a row locked for half a minute; the others don't wait for that.
    """
    tickets = {ticket.pk: ticket for ticket in left}
    free = _rows().filter(pk__in=tickets).order_by("pk").select_for_update(skip_locked=True)
    return [
        Move(ticket=tickets[row.pk], delivery=row, old=old, new=new, code=code, values=dict(values))
        for row in free
    ]


def _free(left: Iterable[Ticket]) -> None:
    """Let go of unknown ones whose looker died, so that another looks."""
    free = _rows().filter(pk__in=[ticket.pk for ticket in left]).order_by("pk")
    locked = set(free.select_for_update(skip_locked=True).values_list("pk", flat=True))
    for ticket in left:
        if ticket.pk in locked:
            rows = _rows().filter(pk=ticket.pk, attempt=ticket.attempt, state="unknown")
            rows.update(lease_until=None, lease_by="")


def _rows() -> QuerySet[Delivery]:
    return Delivery._base_manager.all()  # noqa: SLF001 - a worker's rows cross organisations
