"""Pictures in the form that a network takes."""

import io

from PIL import Image as Pictures

from dialoog.networks.errors import Refused
from dialoog.networks.values import Image

QUALITY = 92


def as_jpeg(image: Image) -> bytes:
    """Return a picture as JPEG, what is transparent on white; one that is JPEG already stays as it is.

    Errors: Refused("image_broken").
    """
    data = image.load()
    if image.mime == "image/jpeg":
        return data
    try:
        with Pictures.open(io.BytesIO(data), formats=("PNG", "WEBP", "GIF")) as opened:
            drawn = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, Pictures.DecompressionBombError) as error:
        raise Refused("image_broken", type(error).__name__) from error
    plain = Pictures.new("RGB", drawn.size, "white")
    plain.paste(drawn, mask=drawn)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
