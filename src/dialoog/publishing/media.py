"""Where images lie: in the media folder, per organisation, under the hash of their content."""

import os
import tempfile
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from dialoog.publishing.images import Picture
from dialoog.publishing.models import Media


def keep(picture: Picture, *, organisation_id: int) -> str:
    """Write the image and its small form, unless they are there, and return the hash.

    Errors: OSError when the folder can't be written.
    """
    digest = sha256(picture.data).hexdigest()
    folder = _folder(organisation_id, digest)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / digest, picture.data)
    _write(folder / f"{digest}.small", picture.small)
    return digest


def load(media: Media) -> bytes:
    """Return the image as it is sent to networks.

    Errors: FileNotFoundError when the media folder lost it.
    """
    return path_of(media).read_bytes()


def path_of(media: Media, *, small: bool = False) -> Path:
    """Return where the image lies, or its small form (a square JPEG for lists)."""
    name = f"{media.sha256}.small" if small else media.sha256
    return _folder(media.organisation_id, media.sha256) / name


def _folder(organisation_id: int, digest: str) -> Path:
    return Path(settings.MEDIA_ROOT) / str(organisation_id) / digest[:2]


def _write(place: Path, data: bytes) -> None:
    """Write at once or not at all, so that a crash leaves no half image under a whole one's name."""
    if place.exists():
        return
    handle, name = tempfile.mkstemp(dir=place.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(place)
