"""A message that comes in while somebody does something with its conversation."""

import threading

import pytest
from django.db import close_old_connections, connection
from django.db.models.signals import pre_save
from django_scopes import scope

from dialoog.channels.models import Channel
from dialoog.inbox import actions
from dialoog.inbox.models import Conversation, Message
from dialoog.inbox.tests.test_inbox import said

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="lets one transaction at a time write"),
]
ENOUGH_SECONDS = 0.5


def apart(organisation, work):
    """Start work in a thread with a connection of its own."""

    def run():
        with scope(organisation=organisation):
            work()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_taking_a_conversation_while_a_message_comes_in_loses_neither(korenaar, bram, now):
    with scope(organisation=korenaar):
        channel = Channel.objects.create(
            organisation=korenaar, network="bluesky", name="K", remote_id="did:plc:us", connected_at=now
        )
        actions.take_in(channel, [said()], now=now)
        conversation = Conversation.objects.get()
        conversation.assignee = None
        conversation.save()
    halfway, go_on = threading.Event(), threading.Event()

    def pause(instance, **_):
        if instance.text == "En morgen?":
            halfway.set()
            go_on.wait(10)

    pre_save.connect(pause, sender=Message)
    try:
        comes = apart(korenaar, lambda: actions.take_in(channel, [said("En morgen?", number=2)], now=now))
        assert halfway.wait(10)
        takes = apart(
            korenaar, lambda: actions.assign(bram, conversation=conversation, assignee=bram, now=now)
        )
        takes.join(ENOUGH_SECONDS)
        go_on.set()
        comes.join(30)
        takes.join(30)
    finally:
        go_on.set()
        pre_save.disconnect(pause, sender=Message)
    close_old_connections()
    with scope(organisation=korenaar):
        kept = Conversation.objects.get()
        assert (kept.assignee, kept.last_text, kept.messages.count()) == (bram, "En morgen?", 2)
