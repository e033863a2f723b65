"""The newsroom connector on the store that the room itself hands in."""

import io

import pytest
from django_scopes import scopes_disabled
from PIL import Image

from dialoog.networks.base import Connection
from dialoog.networks.newsroom import Newsroom as Connector
from dialoog.networks.tests import conformance
from dialoog.newsroom.actions import open_newsroom
from dialoog.newsroom.models import Item
from dialoog.newsroom.store import NewsroomStore


class RoomBench(conformance.Bench):
    def __init__(self, organisation_id):
        self.organisation_id = organisation_id

    def connector(self):
        return Connector(Connection(store=NewsroomStore(self.organisation_id)))

    def _shown(self):
        with scopes_disabled():
            return list(Item.objects.filter(organisation_id=self.organisation_id, withdrawn_at=None))

    def texts(self):
        return [item.text for item in self._shown()]

    def alts(self):
        return [image["alt"] for item in self._shown() for image in item.images]


class TestNewsroomRoom(conformance.Conformance):
    @pytest.fixture
    def bench(self, noor, inside, now, settings, tmp_path, monkeypatch):
        settings.MEDIA_ROOT, settings.ADDRESS = str(tmp_path), "https://dialoog.example.org"
        picture = io.BytesIO()
        Image.new("RGB", (3, 2), "brown").save(picture, "PNG")
        monkeypatch.setattr(conformance, "PNG", picture.getvalue())
        open_newsroom(noor, now=now)
        return RoomBench(noor.organisation_id)
