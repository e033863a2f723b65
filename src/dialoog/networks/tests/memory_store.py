"""A newsroom in memory that keeps to the Store contract."""

import hashlib
import itertools
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace

from dialoog.networks.newsroom_store import KeyTaken, PictureRefused


@dataclass(frozen=True)
class MemoryItem:
    pk: int
    text: str
    language: str
    images: list
    published_at: datetime


class MemoryStore:
    def __init__(self):
        self.items, self.withdrawn, self.read = {}, set(), {}
        self._numbers = itertools.count(1)

    def newsroom(self):
        return SimpleNamespace(pk=1, title="De Korenaar", url="https://example.org/nieuws/korenaar/")

    def keep_image(self, data):
        if not data.startswith(b"\x89PNG"):
            raise PictureRefused
        name = f"{hashlib.sha256(data).hexdigest()}.png"
        return SimpleNamespace(name=name, mime="image/png", width=3, height=2)

    def put(self, key, *, text, language, images, at):
        new = MemoryItem(next(self._numbers), text, language, [dict(image) for image in images], at)
        kept = self.items.setdefault(key, new)
        if (kept.text, kept.language, kept.images) != (new.text, new.language, new.images):
            raise KeyTaken(key)
        return kept

    def get(self, key):
        return None if key in self.withdrawn else self.items.get(key)

    def url(self, item):
        return f"{self.newsroom().url}{item.pk}/"

    def withdraw(self, key):
        if key in self.items:
            self.withdrawn.add(key)

    def reads(self, keys):
        return {key: self.read.get(key, 0) for key in keys if key in self.items}

    def page_reads(self):
        return sum(self.read.values())
