"""A post, what deviates per channel, and its images."""

from typing import Any, ClassVar

from django.db import models

from dialoog.channels.models import Channel
from dialoog.organisations.models import Member, Owned
from dialoog.strategy.models import Goal


class Media(Owned):
    """An uploaded image, re-encoded and checked; the file lies in the media folder under its hash."""

    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    mime = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    uploaded_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    uploaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Post(Owned):
    """One thought under one goal. Its state is never stored; it follows from its deliveries.

    The row is what is being written; deliveries hold what is planned. `planned_day` and `planned_time` are
    what a person chose, in `planned_zone`; `due_at` is the moment at which it goes out, empty while nothing
    is planned.
    """

    text = models.TextField(blank=True)
    language = models.CharField(max_length=8, default="nl")
    subject = models.CharField(max_length=80, blank=True)
    goal = models.ForeignKey(Goal, null=True, blank=True, on_delete=models.PROTECT)
    is_advertising = models.BooleanField(default=False)
    author = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    planned_day = models.DateField(null=True, blank=True)
    planned_time = models.TimeField(null=True, blank=True)
    planned_zone = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    # Why the maker puts the advice of a rule aside; kept with the post and in the log.
    advice_reason = models.TextField(blank=True)
    # Grows with every saved change; a form that was opened on an older one gets a conflict, not a loss.
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["organisation", "due_at", "id"], name="post_calendar"),
            models.Index(fields=["organisation", "goal", "id"], name="post_goal"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Variant(Owned):
    """A post on one channel; without a text of its own it follows the post."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="variants")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT)
    own_text = models.TextField(null=True, blank=True)  # noqa: DJ001 - None follows the post, "" is an own text

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["post", "channel"], name="variant_once")
        ]

    def __str__(self) -> str:
        return f"{self.post_id} on {self.channel_id}"


class PostMedia(Owned):
    """An image in a post, with the text for who can't see it."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="images")
    media = models.ForeignKey(Media, on_delete=models.PROTECT)
    alt = models.CharField(max_length=2000, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[Any]] = ["position", "id"]

    def __str__(self) -> str:
        return self.alt
