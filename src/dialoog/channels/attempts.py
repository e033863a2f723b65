"""Walks through a network's own sign-in: begun by one person in one session, finished by the same, once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dialoog.channels.models import ConnectAttempt
from dialoog.core.errors import Conflict
from dialoog.core.secrets import fingerprint
from dialoog.organisations.access import require
from dialoog.organisations.models import Member

LASTS = timedelta(minutes=15)


def begin_attempt(
    actor: Member, *, network: str, state: str, session_key: str, secret: Mapping[str, Any], now: datetime
) -> ConnectAttempt:
    """Keep what is needed to finish, bound to this person, this session and this organisation.

    Errors: NotAllowed.
    """
    require(actor, "channel.manage")
    kept: Any = dict(secret)
    ConnectAttempt.objects.filter(expires_at__lt=now - LASTS).delete()
    return ConnectAttempt.objects.create(
        organisation=actor.organisation,
        member=actor,
        network=network,
        state_digest=fingerprint(state),
        session_digest=fingerprint(session_key),
        secret=kept,
        created_at=now,
        expires_at=now + LASTS,
    )


def own_attempt(actor: Member, *, attempt_id: int, session_key: str, now: datetime) -> ConnectAttempt | None:
    """Return an attempt for who began it, in the same session and while it may be used; else None."""
    return ConnectAttempt.objects.filter(
        pk=attempt_id,
        member=actor,
        session_digest=fingerprint(session_key),
        used_at__isnull=True,
        expires_at__gt=now,
    ).first()


def the_way(attempt: ConnectAttempt | None) -> str | None:
    """Return the address of the network's page of consent; None when it leads to none."""
    secret: Any = attempt.secret if attempt else {}
    return str(secret["url"]) if "url" in secret else None


def take_attempt(
    user_id: int, *, network: str, state: str, session_key: str, now: datetime
) -> tuple[ConnectAttempt, dict[str, Any]]:
    """Return the attempt and its secret, and use it up; whoever comes with it, it works only once.

    Errors: Conflict("attempt_gone") when it isn't there, was used, is too old, or was begun by another
            person or in another session (trust: a link that somebody else sent).
    """
    # No organisation is in scope yet: the network's answer names only the state.
    anyones = ConnectAttempt._base_manager.select_related("member", "organisation")  # noqa: SLF001 - see above
    found = anyones.filter(state_digest=fingerprint(state), network=network).first()
    if found is None:
        raise Conflict("attempt_gone")
    secret: Any = found.secret
    used = anyones.filter(pk=found.pk, used_at__isnull=True).update(used_at=now, secret={})
    is_theirs = found.member.user_id == user_id and found.session_digest == fingerprint(session_key)
    if not used or not is_theirs or found.expires_at <= now:
        raise Conflict("attempt_gone")
    return found, secret
