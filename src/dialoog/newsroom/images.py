"""The newsroom's own copies of pictures: checked, and named by their digest."""

import hashlib
import io
import secrets
import warnings
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from PIL import Image, UnidentifiedImageError

from dialoog.networks.newsroom_store import PictureRefused

FOLDER = "newsroom"
TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp", ".gif": "image/gif"}
_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif"}
MOST_PIXELS = 50_000_000


@dataclass(frozen=True)
class KeptImage:
    """A picture in the newsroom's folder. Units: width and height in pixels."""

    name: str
    mime: str
    width: int
    height: int


def keep_image(data: bytes) -> KeptImage:
    """Write the picture where the public pages find it; the same bytes twice are one file.

    Shape:  only JPEG, PNG, WebP and GIF, by what the bytes are and not by what they are called.
    Errors: PictureRefused.
    """
    width, height, suffix = _look(data)
    name = f"{hashlib.sha256(data).hexdigest()}{suffix}"
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / name).exists():
        # Written beside and moved: nobody ever reads half a picture.
        partly = folder / f".{secrets.token_hex(8)}"
        partly.write_bytes(data)
        partly.replace(folder / name)
    return KeptImage(name, TYPES[suffix], width, height)


def _look(data: bytes) -> tuple[int, int, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(_SUFFIXES)) as picture:
                width, height, suffix = *picture.size, _SUFFIXES[str(picture.format)]
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureRefused(str(error)) from error
    except Image.DecompressionBombWarning as error:
        raise PictureRefused("too many pixels") from error
    if width * height > MOST_PIXELS:
        raise PictureRefused("too many pixels")
    return width, height, suffix
