"""What posts are and why something can't be, in words."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from dialoog.core.errors import DomainError
from dialoog.publishing.rules import PostState
from dialoog.ui.rows import State, Tone

STATE_LABELS: Final[Mapping[PostState, Any]] = {
    "draft": pgettext_lazy("post", "Draft"),
    "waiting": pgettext_lazy("post", "Waits for approval"),
    "planned": pgettext_lazy("post", "Planned"),
    "sending": pgettext_lazy("post", "Being sent"),
    "published": pgettext_lazy("post", "Published"),
    "partly": pgettext_lazy("post", "Published in part"),
    "failed": pgettext_lazy("post", "Not published"),
    "unknown": pgettext_lazy("post", "Outcome unknown"),
    "held": pgettext_lazy("post", "Held back"),
    "handed": pgettext_lazy("post", "For you to publish"),
    "changes": pgettext_lazy("post", "Change asked"),
    "removed": pgettext_lazy("post", "Taken down"),
}
_LOOKS: Final[Mapping[PostState, tuple[Tone, str]]] = {
    "draft": ("calm", "pencil"),
    "waiting": ("warn", "hourglass"),
    "planned": ("calm", "clock"),
    "sending": ("brand", "send"),
    "published": ("good", "circle-check"),
    "partly": ("bad", "alert"),
    "failed": ("bad", "alert"),
    "unknown": ("warn", "alert"),
    "held": ("warn", "pause"),
    "handed": ("warn", "clipboard"),
    "changes": ("warn", "note"),
    "removed": ("calm", "trash"),
}

SENTENCES: Final[Mapping[str, Any]] = {
    # images
    "image_empty": gettext_lazy("This file is empty. Choose another one."),
    "image_too_heavy": gettext_lazy(
        "This file is larger than %(limit)s MB. Make it smaller and add it again."
    ),
    "image_unreadable": gettext_lazy(
        "This is not an image that Dialoog can read, or it is broken. Use a JPEG, PNG, WebP or GIF."
    ),
    "image_too_many_pixels": gettext_lazy(
        "This image has more than %(limit)s million pixels. Make it smaller and add it again."
    ),
    "image_moves": gettext_lazy("Moving images are not possible yet. Add one that stands still."),
    "too_many_images": gettext_lazy("A post has at most %(limit)s images. Remove one first."),
    # when
    "day_empty": gettext_lazy("Fill in a day, for instance 26 November or tomorrow."),
    "day_unreadable": gettext_lazy("“%(text)s” is not a day. Write it as 26-11-2026, 26 November or Friday."),
    "day_does_not_exist": gettext_lazy("This day does not exist. Look at day and month again."),
    "day_out_of_range": gettext_lazy("Choose a day between %(first)s and %(last)s."),
    "weekday_differs": gettext_lazy("The weekday does not fit the date. Correct one of the two."),
    "time_empty": gettext_lazy("Fill in a time, for instance 12:00."),
    "time_unreadable": gettext_lazy("“%(text)s” is not a time. Write it as 9:30 or 14 h."),
    "time_does_not_exist": gettext_lazy("This time does not exist. A day runs from 0:00 to 23:59."),
    "moment_past": gettext_lazy("This moment has passed. Choose a later one, or publish now."),
    "moment_far": gettext_lazy("This is more than three years ahead. Choose an earlier day."),
    "time_twice": gettext_lazy(
        "This time comes twice that night, because the clock goes back. Choose which one you mean."
    ),
    # planning
    "channels_empty": gettext_lazy("Choose at least one network."),
    "post_blocked": gettext_lazy(
        "This post cannot go out like this. The list of checks says what must change."
    ),
    "reason_needed": gettext_lazy("Say why you put the advice aside, or follow it."),
    "nobody_approves": gettext_lazy(
        "This needs the approval of a colleague, and nobody else here may give it. Invite somebody, or ask "
        "whoever makes the rules."
    ),
    # states
    "post_changed": gettext_lazy("%(who)s changed this post meanwhile. Nothing of what you typed is lost."),
    "post_under_way": gettext_lazy(
        "A part of this post is being sent or has been published, so it cannot be changed any more."
    ),
    "post_not_planned": gettext_lazy("This post is not planned."),
    "post_planned": gettext_lazy("This post is planned. Withdraw it first."),
    "post_removed": gettext_lazy("This draft has been removed."),
    "undo_stale": gettext_lazy("This can no longer be undone: the post was changed since."),
    "approval_none": gettext_lazy(
        "There is nothing to decide here for you: somebody did, or the post changed."
    ),
    "approval_stale": gettext_lazy(
        "The post was changed after you opened it. Read what goes out now before you decide."
    ),
    "approval_late": gettext_lazy("The moment has passed. The maker chooses a new one and asks again."),
    "approval_decided": gettext_lazy("Somebody decided on this meanwhile."),
    "post_differs": gettext_lazy(
        "This post was changed since it was planned. Plan it again instead of moving it."
    ),
    "network_refuses": gettext_lazy(
        "The network did not take it down. Nothing has changed; try again later."
    ),
    "delivery_not_published": gettext_lazy("This is not on the network, so there is nothing to take down."),
    "url_unreadable": gettext_lazy(
        "This is not an address. Copy it from the address bar; it begins with https://."
    ),
    "delivery_under_way": gettext_lazy("This is being sent or has been sent meanwhile."),
    "delivery_in_doubt": gettext_lazy(
        "An earlier try may have reached the network. Dialoog is looking; then you can take it down there."
    ),
    "own_approval": gettext_lazy("You asked for this approval yourself. Somebody else gives it."),
    "change_reason_empty": gettext_lazy("Say what must change, so that the maker can."),
}


def sentence(error: DomainError) -> str:
    """Say a refusal in words."""
    words = SENTENCES.get(error.code)
    return (
        str(words) % dict(error.params) if words else _("This is not possible now. Look at the post again.")
    )


def state_row(state: PostState, label: str = "") -> State:
    """Return the state of a post as it is shown; `label` says more than the usual word."""
    tone, icon = _LOOKS[state]
    return State(label=label or str(STATE_LABELS[state]), tone=tone, icon=icon)


def problem_sentence(code: str, params: Mapping[str, Any], network: str) -> str:
    """Say why a network would refuse a message (codes of `Connector.validate`)."""
    words = {
        "read_only": _("%(network)s is only read; nothing can be published there."),
        "empty": _("%(network)s wants a text or an image."),
        "text_too_long": _("The text has %(count)s characters; %(network)s takes %(limit)s."),
        "too_many_bytes": _("The text is too long for %(network)s: %(count)s of %(limit)s bytes."),
        "too_many_images": _("There are %(count)s images; %(network)s takes %(limit)s."),
        "image_too_large": _("Image %(number)s is too large for %(network)s."),
        "image_type": _("%(network)s does not take images like number %(number)s."),
        "alt_too_long": _("The description of image %(number)s is longer than %(limit)s characters."),
        "needs_media": _("%(network)s wants an image or a video with every message."),
        "needs_title": _("%(network)s wants a title."),
        "title_too_long": _("The title has %(count)s characters; %(network)s takes %(limit)s."),
        "no_replies": _("%(network)s takes no answers from Dialoog."),
        "images_and_video": _("%(network)s takes images or a video, not both."),
        "no_video": _("%(network)s takes no videos from Dialoog."),
        "video_type": _("%(network)s does not take this kind of video."),
        "video_too_large": _("The video is too large for %(network)s."),
        "video_too_long": _("The video takes %(seconds)s seconds; %(network)s takes %(limit)s."),
        "bad_language": _("%(network)s does not know the language of this post."),
    }.get(code, _("%(network)s would refuse this message."))
    return words % {**params, "network": network}
