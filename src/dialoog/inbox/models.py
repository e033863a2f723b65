"""People who react, conversations with them, messages, notes of colleagues."""

from typing import Any, ClassVar

from django.db import models

from dialoog.channels.models import Channel
from dialoog.organisations.models import Department, Member, Owned
from dialoog.publishing.models import Delivery


class Person(Owned):
    """Somebody on a network who talked with us; bound to the network's own id, never to a name."""

    network = models.CharField(max_length=20)
    remote_id = models.CharField(max_length=255)
    handle = models.CharField(max_length=253, blank=True)
    name = models.CharField(max_length=200, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["organisation", "network", "remote_id"], name="person_once")
        ]

    def __str__(self) -> str:
        return self.name or self.handle


class Conversation(Owned):
    """A thread with us. `waiting`, `last_at` and `deadline_at` are kept on the row for the list."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="conversations")
    root_uri = models.CharField(max_length=500)
    # Our delivery that they react to, when it is ours.
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # open, done, info: something to read, for which nobody waits
    state = models.CharField(max_length=8, default="open")
    assignee = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.SET_NULL)
    # Since when they wait for us (their oldest unanswered message); None: nobody waits.
    waiting_since = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField()
    last_text = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["channel", "root_uri", "person"], name="conversation_once")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["organisation", "deadline_at", "id"],
                name="conversation_waiting",
                condition=models.Q(state="open", waiting_since__isnull=False),
            ),
            models.Index(fields=["organisation", "state", "-last_at", "-id"], name="conversation_newest"),
        ]

    def __str__(self) -> str:
        return self.last_text


class Message(Owned):
    """One message in a conversation: theirs, or ours as a delivery."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT)
    delivery = models.OneToOneField(Delivery, null=True, blank=True, on_delete=models.PROTECT)
    # A reply, mention or quote of theirs, or our answer.
    kind = models.CharField(max_length=10)
    remote_uri = models.CharField(max_length=500, blank=True)
    remote_cid = models.CharField(max_length=120, blank=True)
    remote_url = models.CharField(max_length=500, blank=True)
    text = models.TextField()
    at = models.DateTimeField()
    # When ours, within the promise or not; None for theirs and for answers to nobody who waited.
    was_on_time = models.BooleanField(null=True)

    class Meta:
        ordering: ClassVar[list[Any]] = ["at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["channel", "remote_uri"], condition=~models.Q(remote_uri=""), name="message_once"
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Note(Owned):
    """What a colleague wrote for colleagues; never leaves Dialoog."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="notes")
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    text = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:60]
