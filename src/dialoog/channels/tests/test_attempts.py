"""Who may finish a sign-in that somebody began."""

from datetime import timedelta

import pytest

from dialoog.channels.attempts import begin_attempt, take_attempt
from dialoog.channels.models import ConnectAttempt
from dialoog.core.errors import Conflict, NotAllowed


@pytest.fixture
def begin(noor, inside, now):
    given = {
        "network": "bluesky",
        "state": "s",
        "session_key": "here",
        "secret": {"verifier": "v"},
        "now": now,
    }
    return lambda actor=noor, **changes: begin_attempt(actor, **(given | changes))


def take(user_id, now, **changes):
    return take_attempt(
        user_id, **({"network": "bluesky", "state": "s", "session_key": "here", "now": now} | changes)
    )


def test_who_began_it_finishes_it_once(begin, noor, now):
    begin()
    attempt, secret = take(noor.user_id, now)
    assert (attempt.member, secret) == (noor, {"verifier": "v"})
    with pytest.raises(Conflict):
        take(noor.user_id, now)
    assert ConnectAttempt.objects.get().secret == {}


def test_another_person_is_refused_and_the_attempt_is_used_up(begin, noor, sam, now):
    begin()
    with pytest.raises(Conflict):
        take(sam.user_id, now)
    with pytest.raises(Conflict):
        take(noor.user_id, now)


@pytest.mark.parametrize(
    "changes", [{"session_key": "elsewhere"}, {"state": "t"}, {"state": ""}, {"network": "mastodon"}]
)
def test_another_session_state_or_network_is_refused(begin, noor, now, changes):
    begin()
    with pytest.raises(Conflict):
        take(noor.user_id, now, **changes)


def test_an_old_attempt_is_refused_and_later_cleared_away(begin, noor, now):
    begin()
    with pytest.raises(Conflict):
        take(noor.user_id, now + timedelta(minutes=15))
    begin(state="t", now=now + timedelta(hours=1))
    assert ConnectAttempt.objects.count() == 1


def test_only_an_owner_begins(begin, sam):
    with pytest.raises(NotAllowed):
        begin(sam)
