"""Reads uploaded images: checks them, takes out what says where and by whom, and makes them fit every network.

What is kept is never the file that came in, but a picture drawn anew: no metadata, no second content.
"""

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from PIL import Image, ImageOps

from dialoog.core.errors import Invalid
from dialoog.networks.registry import all_capabilities

LARGEST_UPLOAD: Final = 20_000_000
LARGEST_PIXELS: Final = 50_000_000
LONGEST_SIDE: Final = 2048
SMALL_SIDE: Final = 176
# No network takes more than this in one picture, whatever a record may say.
LARGEST_KEPT: Final = 4_000_000
_READ: Final = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITIES: Final = (88, 80, 70, 60)


@dataclass(frozen=True)
class Picture:
    """An image fit to keep and to send. Units: pixels; `small` is a square for lists, as JPEG."""

    data: bytes
    mime: str
    width: int
    height: int
    small: bytes


@cache
def largest_kept() -> int:
    """Return how many bytes an image may have so that every network takes it (their declared records)."""
    return min([LARGEST_KEPT, *(can.media_bytes for can in all_capabilities() if can.media_bytes)])


def read_picture(data: bytes) -> Picture:
    """Return the image in the form in which it is kept.

    Errors: Invalid("image", code) with image_empty, image_too_heavy, image_unreadable (broken, or no image
    at all: SVG and HTML too), image_too_many_pixels, or image_moves.
    """
    if not data:
        raise Invalid("image", "image_empty")
    if len(data) > LARGEST_UPLOAD:
        raise Invalid("image", "image_too_heavy", {"limit": LARGEST_UPLOAD // 1_000_000})
    with warnings.catch_warnings():
        # The bomb warning of Pillow is an answer here, not a remark.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _picture(_opened(data))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _too_many_pixels() from error
        except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError) as error:
            # What Pillow raises on broken files differs by format and is documented nowhere.
            raise Invalid("image", "image_unreadable") from error


def _too_many_pixels() -> Invalid:
    return Invalid("image", "image_too_many_pixels", {"limit": LARGEST_PIXELS // 1_000_000})


def _opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=_READ)
    if image.width * image.height > LARGEST_PIXELS:
        raise _too_many_pixels()
    if getattr(image, "n_frames", 1) > 1:
        raise Invalid("image", "image_moves")
    # A JPEG can be read at a smaller size at once, which saves most of the memory.
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    return image


def _picture(image: Image.Image) -> Picture:
    upright = ImageOps.exif_transpose(image)
    plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    # Pixels only: what the file said besides them stays behind.
    drawn = Image.new(plain.mode, plain.size)
    drawn.paste(plain)
    for sized, mime, encoded in _attempts(drawn, is_drawing=image.format in {"PNG", "GIF"}):
        if len(encoded) <= largest_kept():
            return Picture(encoded, mime, sized.width, sized.height, _small(drawn))
    raise Invalid("image", "image_too_heavy", {"limit": largest_kept() // 1_000_000})


def _attempts(image: Image.Image, *, is_drawing: bool) -> Iterator[tuple[Image.Image, str, bytes]]:
    """Give ever smaller forms: a drawing as PNG first, then with less quality, then with fewer pixels."""
    if is_drawing:
        yield image, "image/png", _encoded(image, "PNG", optimize=True)
    form = ("WEBP", "image/webp") if image.mode == "RGBA" else ("JPEG", "image/jpeg")
    for side in (LONGEST_SIDE, 1440, 1024):
        sized = image.copy()
        sized.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in _QUALITIES:
            yield sized, form[1], _encoded(sized, form[0], quality=quality)


def _small(image: Image.Image) -> bytes:
    on_white = Image.new("RGB", image.size, "white")
    on_white.paste(image, mask=image if image.mode == "RGBA" else None)
    return _encoded(ImageOps.fit(on_white, (SMALL_SIDE, SMALL_SIDE)), "JPEG", quality=80)


def _encoded(image: Image.Image, form: str, **options: int | bool) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()
