"""A delivery: one text to one channel, once; and each step it took."""

from datetime import timedelta
from typing import Any, ClassVar

from django.db import models

from dialoog.channels.models import Channel
from dialoog.core.models import Leased
from dialoog.organisations.models import Member, Owned
from dialoog.publishing.models.post import Post


class Delivery(Owned, Leased):
    """What must reach one channel: exactly this content, exactly once.

    `content` is what was judged and approved (text, language, images by hash with alt, reply_to).
    `payload` is what is sent, frozen when it becomes `sending`; `key` makes sending it idempotent.
    """

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT)
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries")
    # post, or reply: an answer from the inbox, which belongs to no post.
    origin = models.CharField(max_length=8, default="post")
    origin_id = models.BigIntegerField(null=True, blank=True)
    author = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    payload = models.JSONField(null=True, blank=True)
    # The installation that may send it; a restored copy has another id and holds it.
    instance_id = models.CharField(max_length=36)
    # The moment for which it was planned, once a wait has moved `due_at`; None while it hasn't.
    wanted_at = models.DateTimeField(null=True, blank=True)
    sending_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    remote_uri = models.CharField(max_length=500, blank=True)
    remote_cid = models.CharField(max_length=120, blank=True)
    remote_url = models.CharField(max_length=500, blank=True)
    # Why it is where it is: a code with its facts, told in words by publishing.sentences.
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.JSONField(default=dict, blank=True)
    read_backs = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["channel", "key"], name="delivery_key_once")
        ]
        indexes: ClassVar[list[Any]] = [
            # Not partial: a statement with parameters can't show SQLite that it fits the condition.
            models.Index(fields=["state", "due_at", "channel"], name="delivery_state_due"),
            models.Index(fields=["organisation", "state", "due_at"], name="delivery_state"),
            models.Index(fields=["channel", "remote_uri"], name="delivery_remote"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.channel_id} {self.key}"

    @property
    def lateness(self) -> timedelta | None:
        """How long after its moment it was published; None while it isn't."""
        return self.published_at - (self.wanted_at or self.due_at) if self.published_at else None


class DeliveryStep(Owned):
    """One move of a delivery: from what to what, when, why, by whom (nobody: the worker)."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="steps")
    old = models.CharField(max_length=12, blank=True)
    new = models.CharField(max_length=12)
    at = models.DateTimeField()
    code = models.CharField(max_length=40, blank=True)
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)

    class Meta:
        ordering: ClassVar[list[Any]] = ["id"]

    def __str__(self) -> str:
        return f"{self.old} -> {self.new}"
