"""What two people may not do at the same moment, in two transactions that don't see each other."""

import threading
import time

import pytest
from django.db import connection, transaction
from django_scopes import scope

from dialoog.core.errors import Conflict
from dialoog.organisations.actions import change_member, deactivate_member
from dialoog.organisations.models import Member, RoleGrant
from dialoog.policy.actions import install_starter_policy
from dialoog.policy.models import PolicyVersion, Rule

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="lets one transaction at a time write"),
]
OPEN_SECONDS = 0.5


def at_once(organisation, first, second):
    """Begin `second` while `first` is done and not committed; return what each raised."""
    raised, begun = {}, threading.Event()

    def run(name, work, hold):
        try:
            with scope(organisation=organisation), transaction.atomic():
                work()
                if hold:
                    begun.set()
                    time.sleep(OPEN_SECONDS)
        except Conflict as conflict:
            raised[name] = conflict.code
        finally:
            begun.set()
            connection.close()

    threads = [threading.Thread(target=run, args=("first", first, True))]
    threads[0].start()
    assert begun.wait(10)
    threads.append(threading.Thread(target=run, args=("second", second, False)))
    threads[1].start()
    for thread in threads:
        thread.join(30)
    return raised


def owners(organisation):
    with scope(organisation=organisation):
        return RoleGrant.objects.filter(role="owner", member__is_active=True).count()


def test_two_owners_who_let_each_other_go_leave_one(korenaar, noor, make_member, now):
    kees = make_member(korenaar, "Kees", "owner")
    raised = at_once(
        korenaar,
        lambda: deactivate_member(noor, member=kees, now=now),
        lambda: deactivate_member(kees, member=noor, now=now),
    )
    assert (raised, owners(korenaar)) == ({"second": "last_owner"}, 1)


def test_two_owners_who_step_down_at_once_leave_one(korenaar, noor, make_member, now):
    kees = make_member(korenaar, "Kees", "owner")

    def step_down(member: Member):
        change_member(member, member=member, roles=["editor"], department=None, now=now)

    raised = at_once(korenaar, lambda: step_down(noor), lambda: step_down(kees))
    assert (raised, owners(korenaar)) == ({"second": "last_owner"}, 1)


def test_a_starter_policy_asked_twice_at_once_is_there_once(korenaar, noor, now):
    def install():
        install_starter_policy(noor, now=now)

    assert at_once(korenaar, install, install) == {}
    with scope(organisation=korenaar):
        rules = Rule.objects.count()
        assert PolicyVersion.objects.count() == 1
        assert rules == len(set(Rule.objects.values_list("key", "title")))
