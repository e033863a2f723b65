"""The face of a clock: remaining working time in words, with its absolute deadline."""

from datetime import datetime

from django.utils.translation import gettext as _

from dialoog.ui.formats import clock as clock_time
from dialoog.ui.formats import duration, local, moment
from dialoog.ui.rows import Clock, ClockState

SOON = 0.25  # amber under a quarter of the promise, as the design says


def clock_face(
    *,
    left_seconds: int,
    promise_seconds: int,
    deadline: datetime,
    now: datetime,
    resumes_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> Clock:
    """Return the clock of one promise.

    Units: seconds of working time; `deadline`, `now`, `resumes_at` and `closes_at` are aware moments.
    A clock with `resumes_at` is paused until then; one with `closes_at` stops running in the browser there.
    """
    ratio = left_seconds / promise_seconds if promise_seconds else 0.0
    state = _state(left_seconds, ratio, is_paused=resumes_at is not None)
    words = _("%s late") if left_seconds < 0 else _("%s left")
    return Clock(
        state=state,
        text=words % duration(left_seconds),
        note=_note(state, deadline, now, resumes_at),
        deadline=deadline,
        left_ratio=ratio,
        left_seconds=None if state == "paused" else left_seconds,
        soon_seconds=int(promise_seconds * SOON),
        runs_until_seconds=int((closes_at - now).total_seconds()) if closes_at else None,
    )


def _state(left_seconds: int, ratio: float, *, is_paused: bool) -> ClockState:
    if left_seconds < 0:
        return "late"
    if is_paused:
        return "paused"
    return "soon" if ratio < SOON else "ok"


def _note(state: ClockState, deadline: datetime, now: datetime, resumes_at: datetime | None) -> str:
    if state == "paused" and resumes_at:
        return _("closed, goes on %(moment)s") % {"moment": _when(resumes_at, now)}
    when = {"moment": _when(deadline, now)}
    return _("was due by %(moment)s") % when if state == "late" else _("by %(moment)s") % when


def _when(value: datetime, now: datetime) -> str:
    return clock_time(value) if local(value).date() == local(now).date() else moment(value)
