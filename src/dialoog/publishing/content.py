"""The snapshot of what goes out: judged, approved by its hash, and sent exactly so."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from dialoog.networks.values import Image, Message, Ref
from dialoog.policy.rules.facts import ImageFacts
from dialoog.publishing import media
from dialoog.publishing.models import Delivery, Media, PostMedia

Snapshot = dict[str, Any]


def build(
    text: str,
    *,
    language: str,
    images: Iterable[PostMedia] = (),
    reply_to: Mapping[str, str] | None = None,
    reply_root: Mapping[str, str] | None = None,
) -> Snapshot:
    """Return the snapshot of a message; JSON values only. Images need their media at hand."""
    return {
        "text": text,
        "language": language,
        "images": [
            {"media_id": image.media_id, "sha256": image.media.sha256, "alt": image.alt} for image in images
        ],
        "reply_to": dict(reply_to) if reply_to else None,
        "reply_root": dict(reply_root) if reply_root else None,
    }


def digest(snapshot: Snapshot) -> str:
    """Return the hash by which consent is bound to exactly this content."""
    plain = {key: value for key, value in snapshot.items() if key != "images"}
    # An image is what it shows, whatever its row is called.
    plain["images"] = [[image["sha256"], image["alt"]] for image in snapshot.get("images", [])]
    canonical = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def message_of(delivery: Delivery) -> Message:
    """Return what a connector gets; the images are read when they're sent.

    Errors: Media.DoesNotExist when an image was removed from the database.
    """
    content = delivery.content
    return Message(
        text=content["text"],
        languages=(content["language"],) if content.get("language") else (),
        images=_images(content.get("images") or []),
        reply_to=_ref(content.get("reply_to")),
        reply_root=_ref(content.get("reply_root")),
    )


def _images(described: list[dict[str, Any]]) -> tuple[Image, ...]:
    if not described:
        return ()
    rows = Media.objects.in_bulk([image["media_id"] for image in described])
    return tuple(_image(_known(rows, image["media_id"]), image["alt"]) for image in described)


def _known(rows: Mapping[int, Media], media_id: int) -> Media:
    if media_id not in rows:
        raise Media.DoesNotExist(str(media_id))
    return rows[media_id]


def _image(row: Media, alt: str) -> Image:
    return Image(
        load=lambda: media.load(row),
        mime=row.mime,
        size=row.size,
        alt=alt,
        width=row.width,
        height=row.height,
    )


def _ref(value: Mapping[str, str] | None) -> Ref | None:
    return Ref(value["uri"], value.get("cid", ""), value.get("url", "")) if value else None


def image_facts_of(snapshot: Snapshot) -> tuple[ImageFacts, ...]:
    """Return what rules know of the images of a snapshot."""
    return tuple(ImageFacts(alt=image["alt"]) for image in snapshot.get("images") or [])
