"""A program for test_grants: many threads whose token has run out, and a note of each real renewal.

make ADDRESS HANDLE PASSWORD    makes the database and one channel whose access token is worn out
use COUNT NOTES                 checks the connection in COUNT threads at once; prints how it went
"""

import os
import sys
import threading
from pathlib import Path

import django

django.setup()

from conftest import make_member, make_organisation  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django_scopes import scope, scopes_disabled  # noqa: E402

from dialoog.channels import actions  # noqa: E402
from dialoog.channels.connections import connector_for  # noqa: E402
from dialoog.channels.models import Channel  # noqa: E402
from dialoog.core.clock import now  # noqa: E402
from dialoog.networks.bluesky.password import PasswordKeeper  # noqa: E402


def make(address, handle, password):
    call_command("migrate", verbosity=0)
    korenaar = make_organisation("Bakkerij De Korenaar", "korenaar")
    noor = make_member(korenaar, "Noor", "owner")
    with scope(organisation=korenaar):
        channel = actions.connect(
            noor,
            network="bluesky",
            way="app-wachtwoord",
            typed={"address": address, "handle": handle, "password": password},
            now=now(),
        )[0]
        channel.grant = {**channel.grant, "data": {**channel.grant["data"], "access": "worn.out.token"}}
        channel.save()


def use(count, notes):
    renew = PasswordKeeper.renew

    def noted(self, http, address, grant):
        fresh = renew(self, http, address, grant)
        with Path(notes).open("a") as lines:
            lines.write(f"{os.getpid()}\n")
        return fresh

    PasswordKeeper.renew = noted
    with scopes_disabled():
        channel = Channel.objects.get()
    together, answers = threading.Barrier(int(count)), []

    def check():
        together.wait()
        try:
            answers.append(connector_for(channel).check(now()).id)
        except Exception as error:  # noqa: BLE001 - the test shows it
            answers.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=check) for _ in range(int(count))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(*answers, sep="\n")  # noqa: T201


if __name__ == "__main__":
    {"make": make, "use": use}[sys.argv[1]](*sys.argv[2:])
