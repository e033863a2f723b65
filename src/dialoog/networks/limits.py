"""What a network takes, held against a message: the same rules for every connector, its own figures."""

from collections.abc import Iterator

from dialoog.core.text import find_urls, grapheme_count, utf8_length
from dialoog.networks.values import Capabilities, Image, Message, Problem, Video


def length(text: str, can: Capabilities) -> int:
    """Count a text in the network's unit; a link counts `link_length` where the network shortens it."""
    if can.link_length is None:
        return _units(text, can.text_unit)
    total, place = 0, 0
    for start, end, _ in find_urls(text):
        total += _units(text[place:start], can.text_unit) + can.link_length
        place = end
    return total + _units(text[place:], can.text_unit)


def _units(text: str, unit: str) -> int:
    if unit == "graphemes":
        return grapheme_count(text)
    if unit == "utf16":
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return utf8_length(text) if unit == "bytes" else len(text)


def problems(message: Message, can: Capabilities, count: int) -> list[Problem]:
    """Return what the network would refuse; `count` is the text's length as the network counts."""
    found = [Problem(code, {}) for code, is_wrong in _shape(message, can).items() if is_wrong]
    for code, size, limit in (
        ("text_too_long", count, can.text_limit),
        ("too_many_bytes", utf8_length(message.text), can.byte_limit),
        ("title_too_long", len(message.title), can.title_limit),
        ("too_many_images", len(message.images), can.media_limit),
    ):
        if limit is not None and size > limit:
            found.append(Problem(code, {"count": size, "limit": limit}))
    for number, image in enumerate(message.images, start=1):
        found += _image(number, image, can)
    if message.video is not None:
        found += _video(message.video, can)
    return found


def _shape(message: Message, can: Capabilities) -> dict[str, bool]:
    has_media = bool(message.images) or message.video is not None
    return {
        "read_only": not can.publishes,
        "empty": not message.text.strip() and not has_media,
        "needs_media": can.needs_media and not has_media,
        "needs_title": can.needs_title and not message.title.strip(),
        "no_replies": message.reply_to is not None and not can.reply,
        "images_and_video": bool(message.images) and message.video is not None,
    }


def _image(number: int, image: Image, can: Capabilities) -> Iterator[Problem]:
    if image.mime not in can.media_types:
        yield Problem("image_type", {"number": number, "type": image.mime})
    if image.size > can.media_bytes:
        yield Problem("image_too_large", {"number": number, "size": image.size, "limit": can.media_bytes})
    if can.alt_limit is not None and grapheme_count(image.alt) > can.alt_limit:
        yield Problem("alt_too_long", {"number": number, "limit": can.alt_limit})


def _video(video: Video, can: Capabilities) -> Iterator[Problem]:
    if can.video is None:
        yield Problem("no_video", {})
        return
    if video.mime not in can.video.types:
        yield Problem("video_type", {"type": video.mime})
    if video.size > can.video.bytes:
        yield Problem("video_too_large", {"size": video.size, "limit": can.video.bytes})
    if video.seconds is not None and can.video.seconds is not None and video.seconds > can.video.seconds:
        yield Problem("video_too_long", {"seconds": round(video.seconds), "limit": can.video.seconds})
