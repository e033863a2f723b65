import contextlib
import io
import random
import zlib

import pytest
from PIL import Image, PngImagePlugin

from dialoog.core.errors import Invalid
from dialoog.publishing import images, media
from dialoog.publishing.models import Media


def encoded(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def photo(size=(3000, 2000), **options):
    """A picture that doesn't compress well."""
    noise = Image.frombytes(
        "RGB", (size[0] // 4, size[1] // 4), random.Random(7).randbytes(size[0] * size[1] // 16 * 3)
    )
    return encoded(noise.resize(size), "JPEG", quality=95, **options)


def code_of(data):
    with pytest.raises(Invalid) as refused:
        images.read_picture(data)
    assert refused.value.field == "image"
    return refused.value.code


def test_a_photo_is_made_to_fit_every_network():
    picture = images.read_picture(photo())
    assert picture.mime == "image/jpeg"
    assert max(picture.width, picture.height) <= images.LONGEST_SIDE
    assert len(picture.data) <= images.largest_kept()
    assert Image.open(io.BytesIO(picture.small)).size == (176, 176)


def test_what_a_camera_tells_is_taken_out_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "Camera of Noor"
    data = encoded(Image.new("RGB", (400, 200), "red"), "JPEG", exif=exif, comment=b"secret place")
    picture = images.read_picture(data)
    assert (picture.width, picture.height) == (200, 400)
    assert b"Noor" not in picture.data
    assert b"secret" not in picture.data
    assert not Image.open(io.BytesIO(picture.data)).getexif()


def test_text_hidden_in_a_png_is_taken_out():
    info = PngImagePlugin.PngInfo()
    info.add_text("place", "secret place")
    picture = images.read_picture(encoded(Image.new("RGBA", (50, 50)), "PNG", pnginfo=info))
    assert picture.mime == "image/png"
    assert b"secret" not in picture.data


def test_what_follows_the_picture_is_left_behind():
    picture = images.read_picture(photo((200, 200)) + b"<script>alert(1)</script>")
    assert b"script" not in picture.data


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_four_kinds_are_read(form):
    assert images.read_picture(encoded(Image.new("RGB", (10, 10)), form)).width == 10


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_odd_colours_are_read(mode):
    form = "JPEG" if mode == "CMYK" else "PNG"
    picture = images.read_picture(encoded(Image.new(mode, (10, 10)), form))
    assert picture.width == 10


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a<script>alert(1)</script>",
        b"%PDF-1.7",
        b"\x00" * 100,
        b"\xff\xd8\xff",
        b"BM" + b"\x00" * 60,
        encoded(Image.new("RGB", (10, 10)), "TIFF"),
        encoded(Image.new("RGB", (900, 900), "blue"), "PNG")[:900],
        photo((300, 300))[:2000],
    ],
)
def test_what_is_no_image_or_broken_gets_a_clear_answer(data):
    assert code_of(data) == "image_unreadable"


def test_empty_heavy_huge_and_moving_each_get_their_own_answer():
    assert code_of(b"") == "image_empty"
    assert code_of(b"\xff" * (images.LARGEST_UPLOAD + 1)) == "image_too_heavy"
    assert code_of(bomb()) == "image_too_many_pixels"
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    assert code_of(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])) == "image_moves"


def bomb():
    """A few kilobytes that claim to be 900 million pixels."""

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = (30_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 5000))
        + chunk(b"IEND", b"")
    )


def test_random_damage_never_gives_another_error():
    whole = encoded(Image.new("RGB", (64, 64), "green"), "PNG")
    photo_ = photo((64, 64))
    chance = random.Random(3)
    for base in (whole, photo_):
        for _ in range(150):
            damaged = bytearray(base)
            for _ in range(chance.randint(1, 12)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            with contextlib.suppress(Invalid):
                images.read_picture(bytes(damaged))


def test_an_image_is_kept_once_under_its_hash(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = images.read_picture(photo((200, 200)))
    digest = media.keep(picture, organisation_id=7)
    assert media.keep(picture, organisation_id=7) == digest
    kept = Media(organisation_id=7, sha256=digest)
    assert media.load(kept) == picture.data
    assert media.path_of(kept, small=True).read_bytes() == picture.small
    assert len([place for place in tmp_path.rglob("*") if place.is_file()]) == 2
