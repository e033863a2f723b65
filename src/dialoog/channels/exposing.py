"""Media that a network fetches itself: for a day at a public address that nobody can guess."""

import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import IO, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from dialoog.channels.models import ExposedMedia
from dialoog.core.clock import now as read_clock
from dialoog.core.http import is_public
from dialoog.core.secrets import fingerprint
from dialoog.core.work.jobs import enqueue

REMOVE_JOB: Final = "channels.exposed"
FOLDER: Final = "exposed"
# As long as a container lives in which Meta gathers a post.
LASTS: Final = timedelta(hours=24)
TYPES: Final = frozenset(
    {
        *("image/jpeg", "image/png", "image/webp", "image/gif"),
        *("video/mp4", "video/quicktime"),
    }
)
# Names that never lead anywhere outside (RFC 6761, RFC 6762, RFC 9476 and what ICANN keeps for inside).
_INSIDE: Final = ("localhost", "local", "internal", "test", "example", "invalid", "onion", "alt", "arpa")

Expose = Callable[[bytes | IO[bytes], str], str]


def exposer(organisation_id: int) -> Expose | None:
    """Return what gives media of an organisation a public address; None when nobody outside can reach us."""
    if not can_be_reached(settings.ADDRESS):
        return None
    return lambda data, mime: expose(organisation_id, data, mime, now=read_clock())


def can_be_reached(address: str) -> bool:
    """Tell whether a network may be able to fetch from this address: https, at a name or number of the open net."""
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https" or not host:
        return False
    if ":" in host or host.replace(".", "").isdigit():
        return is_public(host)
    return "." in host and host.rpartition(".")[2] not in _INSIDE


def expose(organisation_id: int, data: bytes | IO[bytes], mime: str, *, now: datetime) -> str:
    """Keep a copy, and return the address at which anybody who knows it can fetch it for a day.

    Errors: ValueError for what is no image or film; OSError when the media folder can't be written.
    """
    if mime not in TYPES:
        raise ValueError(f"{mime} is not shown to networks")
    token, name = token_urlsafe(32), token_hex(16)
    _write(path_of(name), data)
    with transaction.atomic():
        ExposedMedia._base_manager.create(  # noqa: SLF001 - workers open no scope; the organisation is named
            organisation_id=organisation_id,
            token_digest=fingerprint(token),
            file=name,
            mime=mime,
            created_at=now,
            expires_at=now + LASTS,
        )
        enqueue(
            REMOVE_JOB,
            key=f"{REMOVE_JOB}:{name}",
            due_at=now + LASTS,
            now=now,
            organisation_id=organisation_id,
            payload={"file": name},
        )
    return f"{settings.ADDRESS}{reverse('channels:exposed', args=[token])}"


def exposed(token: str, *, now: datetime) -> ExposedMedia | None:
    """Return what an address stands for while it works; else None."""
    # Whoever asks has no organisation: the token is all they know.
    anyones = ExposedMedia._base_manager  # noqa: SLF001 - see above
    return anyones.filter(token_digest=fingerprint(token), expires_at__gt=now).first()


def take_away(name: str) -> None:
    """Remove a file and what is known of it; one that is gone already is no error."""
    path_of(name).unlink(missing_ok=True)
    ExposedMedia.objects.filter(file=name).delete()


def path_of(name: str) -> Path:
    """Return where an exposed file lies."""
    return Path(settings.MEDIA_ROOT) / FOLDER / name


def _write(place: Path, data: bytes | IO[bytes]) -> None:
    """Write at once or not at all, so that nobody fetches half a film."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent)
    with os.fdopen(handle, "wb") as file:
        shutil.copyfileobj(BytesIO(data) if isinstance(data, bytes) else data, file)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(place)
