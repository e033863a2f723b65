"""The newsroom: its page, its items, and how often they are read, per day and without cookies."""

from typing import Any, ClassVar

from django.db import models

from dialoog.newsroom.addresses import complete, newsroom_path
from dialoog.newsroom.rules import WAYS
from dialoog.organisations.models import Owned


class Newsroom(Owned):
    """One public newsroom per organisation."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    intro = models.TextField(blank=True)
    language = models.CharField(max_length=2, default="nl")
    is_public = models.BooleanField(default=True)
    # Both move with every item and setting: the public pages are as old as this.
    changed_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["organisation"], name="one_newsroom")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        """The complete address of its page, for elsewhere."""
        return complete(self.path)

    @property
    def path(self) -> str:
        """The path of its page, for our own pages."""
        return newsroom_path(self.slug)


class Item(Owned):
    """One published message; `key` is the delivery's, so that the same delivery is one item."""

    key = models.CharField(max_length=64)
    text = models.TextField()
    # Empty: that of the newsroom.
    language = models.CharField(max_length=8, blank=True)
    # [{"name": file in the newsroom's media folder, "mime": .., "alt": .., "width": .., "height": ..}]
    images = models.JSONField(default=list, blank=True)
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[Any]] = ["-published_at", "-id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["organisation", "key"], name="item_once")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["organisation", "-published_at"], name="item_newest")
        ]

    def __str__(self) -> str:
        return self.text[:60]


class DayReads(Owned):
    """How often an item, or the page itself (no item), was read on a day, and through what."""

    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.CASCADE)
    day = models.DateField()
    through = models.CharField(max_length=8, choices=[(way, way) for way in WAYS])
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["organisation", "item", "day", "through"], name="reads_once"),
            models.UniqueConstraint(
                fields=["organisation", "day", "through"],
                condition=models.Q(item__isnull=True),
                name="page_reads_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.through}: {self.count}"
