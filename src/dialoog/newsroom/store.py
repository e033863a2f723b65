"""Where the newsroom connector publishes: one item per key, whatever happens twice."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django_scopes import scope

from dialoog.core.clock import now as read_clock
from dialoog.networks.newsroom_store import KeyTaken, StoreClosed
from dialoog.newsroom.addresses import complete, item_path
from dialoog.newsroom.images import KeptImage, keep_image
from dialoog.newsroom.models import DayReads, Item, Newsroom
from dialoog.newsroom.queries import reads_in_total


class NewsroomStore:
    """The newsroom of one organisation, for the connector; usable from any thread and without a scope."""

    def __init__(self, organisation_id: int) -> None:
        self._organisation_id = organisation_id

    def newsroom(self) -> Newsroom:
        """Return the newsroom.

        Errors: StoreClosed.
        """
        with self._scope():
            found = Newsroom.objects.first()
        if found is None:
            raise StoreClosed
        return found

    def keep_image(self, data: bytes) -> KeptImage:
        """Keep a picture for the public pages.

        Errors: networks.newsroom.PictureRefused.
        """
        return keep_image(data)

    def put(
        self, key: str, *, text: str, language: str, images: Sequence[Mapping[str, Any]], at: datetime
    ) -> Item:
        """Publish under `key`; the same again changes nothing and returns what is there.

        Errors: StoreClosed, KeyTaken.
        """
        newsroom = self.newsroom()
        values = {"text": text, "language": language, "images": [dict(one) for one in images]}
        with self._scope():
            return self._same(key, values) or self._publish(newsroom, key, values, at=at)

    def _publish(self, newsroom: Newsroom, key: str, values: Mapping[str, Any], *, at: datetime) -> Item:
        try:
            with transaction.atomic():
                made = Item.objects.create(
                    organisation_id=self._organisation_id, key=key, published_at=at, **values
                )
                _renew(newsroom.pk)
        except IntegrityError:
            # Published under this key at the same moment, by another process.
            found = self._same(key, values)
            if found is None:
                raise
            return found
        return made

    def _same(self, key: str, values: Mapping[str, Any]) -> Item | None:
        found = Item.objects.filter(key=key).first()
        if found is not None and any(getattr(found, name) != value for name, value in values.items()):
            raise KeyTaken(key)
        return found

    def get(self, key: str) -> Item | None:
        """Return what stands under `key`, or None; a withdrawn item is gone."""
        with self._scope():
            return Item.objects.filter(key=key, withdrawn_at__isnull=True).first()

    def url(self, item: Item) -> str:
        """Return the address of an item's page."""
        return complete(item_path(self.newsroom().slug, item.pk))

    def withdraw(self, key: str) -> None:
        """Take the item off every page; one that is gone already is no error."""
        newsroom = self.newsroom()
        with self._scope(), transaction.atomic():
            present = Item.objects.filter(key=key, withdrawn_at__isnull=True)
            if present.update(withdrawn_at=read_clock()):
                _renew(newsroom.pk)

    def reads(self, keys: Collection[str]) -> dict[str, int]:
        """Return how often the pages of these items were read, by key; what isn't there is left out."""
        with self._scope():
            return reads_in_total(keys)

    def page_reads(self) -> int:
        """Return how often the newsroom's page, feeds and headlines were read in total."""
        with self._scope():
            own = DayReads.objects.filter(item__isnull=True)
            return int(own.aggregate(total=Sum("count"))["total"] or 0)

    def _scope(self) -> Any:
        return scope(organisation=self._organisation_id)


def _renew(newsroom_id: int) -> None:
    """Tell caches that the news changed."""
    Newsroom.objects.filter(pk=newsroom_id).update(revision=F("revision") + 1, changed_at=read_clock())
