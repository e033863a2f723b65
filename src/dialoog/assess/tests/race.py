"""Eight threads send answers by one link to a database in a file; prints what became of each."""

import json
import sys
import threading
from datetime import UTC, datetime

import django

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
AT_ONCE = 8


def prepare():
    from django.core.management import call_command
    from django_scopes import scope

    from dialoog.assess import actions
    from dialoog.organisations.models import Member, Organisation, RoleGrant, User

    call_command("migrate", verbosity=0)
    organisation = Organisation.objects.create(name="Korenaar", slug="korenaar", created_at=NOW)
    user = User.objects.create(email="noor@example.org", name="Noor", joined_at=NOW)
    with scope(organisation=organisation):
        noor = Member.objects.create(organisation=organisation, user=user, joined_at=NOW)
        RoleGrant.objects.create(organisation=organisation, member=noor, role="owner")
        actions.open_scan(noor, now=NOW)
        return organisation, actions.invite(noor, count=1, now=NOW)[0]


def send(token, ready, outcomes):
    from django.db import connections

    from dialoog.assess import actions
    from dialoog.assess.rules import KEYS
    from dialoog.core.errors import Conflict

    ready.wait(timeout=30)
    try:
        actions.answer_by_link(token, answers=dict.fromkeys(KEYS, 1), now=NOW)
        outcomes.append("kept")
    except Conflict as error:
        outcomes.append(error.code)
    finally:
        connections.close_all()


def main():
    from django_scopes import scope

    from dialoog.assess.models import ScanAnswer

    organisation, token = prepare()
    ready, outcomes = threading.Barrier(AT_ONCE), []
    threads = [threading.Thread(target=send, args=(token, ready, outcomes)) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    with scope(organisation=organisation):
        json.dump({"outcomes": sorted(outcomes), "answers": ScanAnswer.objects.count()}, sys.stdout)


django.setup()
main()
