"""An open newsroom with news in it."""

import io

import pytest
from PIL import Image

from dialoog.newsroom.actions import open_newsroom


@pytest.fixture
def newsroom(noor, inside, now):
    return open_newsroom(noor, now=now)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """A media folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def plain_static_files(settings, tmp_path):
    """Static files as they lie in the source, for nothing was collected."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT = tmp_path


def picture(colour="red", kind="JPEG", size=(40, 30)):
    """Return the bytes of a picture."""
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, kind)
    return written.getvalue()
