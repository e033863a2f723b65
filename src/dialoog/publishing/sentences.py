"""Why a delivery is where it is, in words: the thing, the cause and the way out."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialoog.channels.sentences import own_words
from dialoog.publishing.models import Delivery

_CAUSES: Final[Mapping[str, Any]] = {
    # held: somebody decides
    "rule_blocks": gettext_lazy("A rule stops this. Change the post, or ask whoever makes the rules."),
    "approval_missing": gettext_lazy("It waits for approval. With it, it goes out."),
    "restored_copy": gettext_lazy(
        "This comes from a backup that was put back, so Dialoog sends nothing by itself. Look whether it is "
        "on the network already; if not, send it now."
    ),
    # the channel
    "channel_disconnected": gettext_lazy(
        "%(channel)s is not connected any more. Connect it again and send this now."
    ),
    "channel_needs_consent": gettext_lazy("%(channel)s must be connected again. After that, send this now."),
    "not_connected": gettext_lazy("%(channel)s must be connected again. After that, send this now."),
    "token_refused": gettext_lazy("%(channel)s must be connected again. After that, send this now."),
    "grant_unreadable": gettext_lazy("%(channel)s must be connected again. After that, send this now."),
    "other_account": gettext_lazy("Another account answered for %(channel)s. Connect the right one again."),
    "account_inactive": gettext_lazy("The account of %(channel)s is not active. Activate it at the network."),
    # what was sent
    "image_missing": gettext_lazy("An image of this post is gone. Add it again and plan the post anew."),
    "image_broken": gettext_lazy("The network could not read an image. Take it out and add it again."),
    "text_too_long": gettext_lazy("The text is longer than the network takes. Shorten it and plan it again."),
    "too_large": gettext_lazy("The network finds this too large. Make it smaller and plan it again."),
    "not_permitted": gettext_lazy(
        "The network does not let this account publish. Look at its settings there."
    ),
    # in between
    "limit_reached": gettext_lazy("The network asks us to wait. Dialoog tries again by itself."),
    "unreachable": gettext_lazy("The network did not answer. Dialoog tries again by itself."),
    "server_error": gettext_lazy("The network had a failure while this was sent."),
    **dict.fromkeys(
        ("answer_lost", "answer_too_large"), gettext_lazy("The connection broke while this was sent.")
    ),
    "worker_died": gettext_lazy("Dialoog stopped while this was sent."),
    "not_found_yet": gettext_lazy("Dialoog looked and has not found it there yet. It looks once more."),
    "person_decides": gettext_lazy(
        "Dialoog looked twice and cannot tell. Look for yourself and say what you see."
    ),
    "not_there": gettext_lazy("It is not on the network. You can send it now."),
    "posted_by_hand": gettext_lazy("A colleague published it by hand."),
    "skipped_by_hand": gettext_lazy("A colleague left it out."),
    "seen_by_a_person": gettext_lazy("A colleague saw it on the network."),
}
_USUAL: Final = {
    "failed": gettext_lazy("The network refused this. Look at the text and the images, and send it again."),
    "unknown": gettext_lazy("It is not certain whether this arrived."),
    "held": gettext_lazy("This is held back until somebody decides."),
}


def why(delivery: Delivery, *, titles: Mapping[str, str]) -> str:
    """Return why a delivery isn't where it should be, with the `titles` of rules by id; empty when all is well."""
    if not delivery.reason_code:
        return ""
    known = (
        own_words(delivery.channel.network, delivery.reason_code)
        or _CAUSES.get(delivery.reason_code)
        or _USUAL.get(delivery.state)
    )
    if known is None:
        return ""
    said = str(known) % {"channel": delivery.channel.name}
    rules = [titles[key] for key in delivery.reason.get("rules", []) if key in titles]
    return f"{said} {_('Rule:')} {', '.join(rules)}." if rules else said
