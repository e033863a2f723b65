"""Images of a post: added, put in another order, taken out."""

from datetime import datetime
from typing import Final

from django.db import transaction

from dialoog.core.errors import Invalid
from dialoog.core.text import clean_text
from dialoog.organisations.access import require
from dialoog.organisations.models import Member
from dialoog.publishing import media
from dialoog.publishing.actions.drafts import locked, require_changeable, touch
from dialoog.publishing.images import read_picture
from dialoog.publishing.models import Media, Post, PostMedia

MOST_IMAGES: Final = 10


def add_image(actor: Member, *, post: Post, data: bytes, name: str, now: datetime) -> PostMedia:
    """Add an uploaded image at the end of a post.

    Errors: NotAllowed; Conflict("post_under_way"); Invalid("image", ...) as in `images.read_picture`, or
    with too_many_images.
    """
    require(actor, "post.write")
    # Reading takes a while; nothing is locked meanwhile.
    picture = read_picture(data)
    digest = media.keep(picture, organisation_id=actor.organisation_id)
    with transaction.atomic():
        kept = locked(actor, post)
        require_changeable(kept)
        position = kept.images.count()
        if position >= MOST_IMAGES:
            raise Invalid("image", "too_many_images", {"limit": MOST_IMAGES})
        row = Media.objects.create(
            organisation=actor.organisation,
            sha256=digest,
            name=clean_text(name).text[:120],
            mime=picture.mime,
            width=picture.width,
            height=picture.height,
            size=len(picture.data),
            uploaded_by=actor,
            uploaded_at=now,
        )
        added = PostMedia.objects.create(
            organisation=actor.organisation, post=kept, media=row, position=position
        )
        touch(kept, by=actor, now=now)
    return added


@transaction.atomic
def move_image(actor: Member, *, post: Post, image_id: int, by: int, now: datetime) -> Post:
    """Move an image so many places to the front (negative) or the back; at the end it stays there.

    Errors: NotAllowed; Conflict("post_under_way"). An image that isn't in the post changes nothing.
    """
    require(actor, "post.write")
    kept = locked(actor, post)
    require_changeable(kept)
    images = list(kept.images.all())
    place = next((number for number, image in enumerate(images) if image.pk == image_id), None)
    if place is not None:
        images.insert(min(max(place + by, 0), len(images) - 1), images.pop(place))
        _number(images)
        touch(kept, by=actor, now=now)
    return kept


@transaction.atomic
def remove_image(actor: Member, *, post: Post, image_id: int, now: datetime) -> Post:
    """Take an image out of a post; the file stays, since something planned or out may show it.

    Errors: NotAllowed; Conflict("post_under_way").
    """
    require(actor, "post.write")
    kept = locked(actor, post)
    require_changeable(kept)
    if PostMedia.objects.filter(post=kept, pk=image_id).delete()[0]:
        _number(list(kept.images.all()))
        touch(kept, by=actor, now=now)
    return kept


def _number(images: list[PostMedia]) -> None:
    for place, image in enumerate(images):
        image.position = place
    PostMedia.objects.bulk_update(images, ["position"])
