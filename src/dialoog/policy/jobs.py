"""The worker's part: looking whether links arrive, and ending questions that nobody answered in time."""

from datetime import datetime, timedelta
from functools import cache
from typing import Final

from django.conf import settings

from dialoog.core.http import AddressRefused, GuardedClient, MaybeSent, NotSent, Response
from dialoog.core.work.jobs import Task, handles
from dialoog.policy.actions.approvals import EXPIRE_JOB, expire_approval
from dialoog.policy.actions.links import LOOK_UP_JOB, note_link
from dialoog.policy.models import LinkCheck

LOOK_AGAIN: Final = timedelta(minutes=10)
SECONDS: Final = 10.0
MOST_BYTES: Final = 5_000_000
# An answer to nobody in particular: it may well be there for people.
_GUARDED: Final = frozenset((401, 403, 405, 406, 407, 418, 429, 451, 501, 999))


@handles(LOOK_UP_JOB)
def look_up(task: Task) -> datetime | None:
    """Look once, and once more after a while when nothing answered."""
    check = LinkCheck.objects.filter(pk=task.payload["check_id"]).first()
    if check is None:
        return None
    is_first = check.checked_at is None
    is_reachable, status, code = look(check.url)
    note_link(check=check, is_reachable=is_reachable, status=status, code=code, now=task.now)
    passes = code in {"no_connection", "no_answer", "server_error"}
    return task.now + LOOK_AGAIN if is_first and passes else None


def look(url: str) -> tuple[bool | None, int | None, str]:
    """Ask an address, public ones only, and return whether it arrives, its status and a code.

    Codes: empty when it arrives; gone, guarded, server_error, refused, no_connection, no_answer.
    """
    try:
        answer = _ask("HEAD", url)
        if answer.status >= 400:
            answer = _ask("GET", url)
    except (AddressRefused, ValueError):
        return False, None, "refused"
    except NotSent:
        return False, None, "no_connection"
    except MaybeSent:
        return False, None, "no_answer"
    if answer.status < 400:
        return True, answer.status, ""
    if answer.status in _GUARDED:
        return None, answer.status, "guarded"
    return False, answer.status, "server_error" if answer.status >= 500 else "gone"


def _ask(method: str, url: str) -> Response:
    return _client(frozenset(settings.ALLOW_ADDRESSES)).request(method, url)


@cache
def _client(allow: frozenset[str]) -> GuardedClient:
    return GuardedClient(allow=allow, timeout=SECONDS, max_bytes=MOST_BYTES)


@handles(EXPIRE_JOB)
def expire(task: Task) -> None:
    """End a question whose moment passed."""
    expire_approval(approval_id=task.payload["approval_id"], now=task.now)
