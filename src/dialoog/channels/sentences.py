"""What codes of connections, limits and abilities are in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from dialoog.channels.models import Channel
from dialoog.channels.rules import ENDS_SOON
from dialoog.core.errors import DomainError
from dialoog.networks.registry import connectors
from dialoog.networks.values import Capabilities
from dialoog.networks.words import Words
from dialoog.ui.formats import clock, moment, number
from dialoog.ui.networks import shown_name
from dialoog.ui.rows import State

# What a person who connects an account reads at the field, each with its way out. Shape: %(network)s is the
# network's name, %(label)s and %(example)s are those of the field.
REFUSALS: Final = {
    "field_empty": gettext_lazy("Fill in: %(label)s."),
    "field_too_long": gettext_lazy("This is too long. Copy it again."),
    "field_unreadable": gettext_lazy("This cannot be right for: %(label)s."),
    "address_unreadable": gettext_lazy("This is not an address."),
    "address_not_safe": gettext_lazy("This address is not encrypted. Use one that begins with https://."),
    "address_refused": gettext_lazy(
        "This address lies in a private network, and Dialoog asks public addresses only. Fill in a public "
        "one, or ask the technical administrator to allow this one."
    ),
    "unreachable": gettext_lazy(
        "No server answers at this address. Check the address, or try again in a few minutes."
    ),
    "answer_lost": gettext_lazy("The server broke off its answer. Try again in a few minutes."),
    "answer_too_large": gettext_lazy("What the server sends is larger than Dialoog reads."),
    "tls_failed": gettext_lazy("The server offers no secure connection that Dialoog can trust."),
    **dict.fromkeys(
        ("unreadable_answer", "not_supported", "not_found"),
        gettext_lazy("No %(network)s server answers at this address. Check the address."),
    ),
    "server_error": gettext_lazy("The server has a failure. Try again in a few minutes."),
    "limit_reached": gettext_lazy(
        "The server asks us to wait after many attempts. Try again in half an hour."
    ),
    "wrong_password": gettext_lazy(
        "The server refuses this name with this password. Check both, or make a new app password."
    ),
    "second_factor": gettext_lazy(
        "This is the password of the account itself, which asks for a second step. Make an app password and "
        "use that."
    ),
    "token_refused": gettext_lazy(
        "%(network)s does not accept this. Make a new one there and paste it here."
    ),
    "app_refused": gettext_lazy("%(network)s does not know this app. Check its id and its secret."),
    "other_account": gettext_lazy("Another account answered than the one that was connected. Sign in again."),
    "account_inactive": gettext_lazy(
        "This account is not active. Activate it at the network, then try again."
    ),
    "not_permitted": gettext_lazy(
        "The network does not allow this account to do this. Look at its settings."
    ),
    "no_accounts": gettext_lazy(
        "%(network)s gave no account that you may publish on. Sign in as somebody who manages one."
    ),
    "choose_one": gettext_lazy("Choose at least one account."),
    "busy": gettext_lazy("Somebody else is connecting this account right now. Try again in a minute."),
    "no_oauth": gettext_lazy("This server has no sign-in page of its own. Use another way to connect."),
    "sign_in_needs_https": gettext_lazy(
        "Signing in at the server needs an installation with https. Use another way to connect."
    ),
    "wrong_state": gettext_lazy("The answer does not belong to this sign-in. Start again here."),
    "wrong_issuer": gettext_lazy("The answer came from another server. Start again here."),
    "attempt_gone": gettext_lazy(
        "This sign-in was started elsewhere, or too long ago, or was used before. Start again here."
    ),
    "consent_withdrawn": gettext_lazy(
        "The sign-in at the network was stopped there. Start again when you want."
    ),
}
_FOR_INSTANCE: Final = gettext_lazy("For instance: %(example)s")
_WHY: Final = {
    "app_refused": gettext_lazy(
        "The network no longer knows the app that your organisation registered there."
    ),
    "wrong_password": gettext_lazy(
        "The app password no longer works; it may have been removed at the network."
    ),
    "second_factor": gettext_lazy("The network asks for a second step. Connect with an app password."),
    "token_refused": gettext_lazy("The network no longer accepts our permission."),
    "consent_withdrawn": gettext_lazy("The permission was withdrawn at the network, or it ran out."),
    "not_permitted": gettext_lazy("The network does not allow this account to do this."),
    "not_connected": gettext_lazy("There is no permission for this account any more."),
    "other_account": gettext_lazy("Another account answered than the one that was connected."),
    "account_inactive": gettext_lazy("The account is not active at the network."),
    "grant_unreadable": gettext_lazy(
        "The permission was kept with a key that this installation does not have."
    ),
    "unreachable": gettext_lazy("The server cannot be reached."),
    "answer_lost": gettext_lazy("The server broke off its answer."),
    "answer_too_large": gettext_lazy("What the server sends is larger than Dialoog reads."),
    "tls_failed": gettext_lazy("The server offers no secure connection that Dialoog can trust."),
    "server_error": gettext_lazy("The server has a failure."),
    "address_refused": gettext_lazy("The server's address is no longer a public one."),
    "address_not_safe": gettext_lazy("The server's address is not encrypted."),
}


def said(words: Words | None) -> str:
    """Return a connector's words in the reader's language; "" for none."""
    return words.in_language(get_language() or "en") if words else ""


def own_words(network: str, code: str, params: Mapping[str, object] | None = None) -> str:
    """Say a code that only one network has, in the words of its connector; "" for any other code."""
    kind = connectors().get(network)
    words = kind.errors.get(code) if kind else None
    return said(words) % dict(params or {}) if words else ""


def refusal(error: DomainError, network: str) -> str:
    """Say why an account could not be connected, and what to do; a connector's own words go first."""
    if own := own_words(network, error.code, error.params):
        return own
    kind = connectors().get(network)
    words = REFUSALS.get(
        error.code, gettext_lazy("This did not work. Check what you filled in and try again.")
    )
    label = error.params.get("label")
    facts = {
        "network": shown_name(kind.capabilities) if kind else network,
        "label": said(label) if isinstance(label, Words) else "",
        "example": str(error.params.get("example") or ""),
    }
    parts = [str(words) % facts, *([str(_FOR_INSTANCE) % facts] if facts["example"] else [])]
    return " ".join(parts)


def state(channel: Channel, *, now: datetime) -> State:
    """Say how a channel is, in two or three words."""
    if channel.state == "disconnected":
        return State(label=_("Disconnected"), tone="calm", icon="unlink")
    if channel.state == "needs_consent":
        return State(label=_("Must be connected again"), tone="bad", icon="alert")
    if channel.health_code:
        return State(label=_("Connected, with trouble"), tone="warn", icon="alert")
    if ends_soon(channel, now=now):
        return State(label=_("Connected, permission ends"), tone="warn", icon="clock")
    return State(label=_("Connected"), tone="good", icon="circle-check")


def ends_soon(channel: Channel, *, now: datetime) -> bool:
    """Tell whether the permission ends within two weeks, and only a person can renew it."""
    ends = channel.consent_ends_at
    return channel.state == "connected" and ends is not None and ends - now < ENDS_SOON


def switched_off() -> State:
    """Say that the newsroom was switched off."""
    return State(label=_("Switched off"), tone="warn", icon="eye-off")


def why_off() -> str:
    """Say what that means."""
    return _("Nobody sees what is published here until you switch the newsroom on.")


def health(channel: Channel, *, now: datetime) -> str:
    """Say what is the matter with a channel, or when it was last found good."""
    if channel.state == "disconnected":
        return _("Since %(when)s. Messages and figures are kept.") % {"when": moment(channel.disconnected_at)}
    if channel.network == "newsroom":
        return _("Built in, so it always works.")
    if _is_by_hand(channel):
        return _("You publish here yourself.")
    return _trouble(channel) or _waiting(channel, now=now) or _last_good(channel)


def _is_by_hand(channel: Channel) -> bool:
    kind = connectors().get(channel.network)
    return kind is not None and kind.capabilities.by_hand


def _trouble(channel: Channel) -> str:
    if channel.state == "needs_consent":
        return _("%(why)s Planned messages wait until you connect it again.") % {"why": _why(channel)}
    if channel.health_code:
        return _("%(why)s So since %(when)s; we keep trying.") % {
            "why": _why(channel),
            "when": moment(channel.failing_since),
        }
    return ""


def _waiting(channel: Channel, *, now: datetime) -> str:
    if channel.quiet_until is not None and channel.quiet_until > now:
        return _("The network asked us to wait until %(time)s.") % {"time": clock(channel.quiet_until)}
    if ends_soon(channel, now=now):
        return _("The permission ends %(when)s. Connect it again before then, and nothing has to wait.") % {
            "when": moment(channel.consent_ends_at)
        }
    return ""


def _last_good(channel: Channel) -> str:
    return _("Last found good %(when)s.") % {"when": moment(channel.health_at)}


def _why(channel: Channel) -> str:
    if own := own_words(channel.network, channel.health_code):
        return own
    return str(_WHY.get(channel.health_code, gettext_lazy("The network gave an answer that we cannot use.")))


def abilities(can: Capabilities) -> list[str]:
    """Say what a network can do, one line a fact."""
    return [line for line in (*_about_text(can), *_about_media(can), *_about_reactions(can)) if line]


def _about_text(can: Capabilities) -> tuple[str, ...]:
    if not can.publishes:
        return (_("Is only read: nothing is published there"),)
    if can.text_limit is None:
        return (_("Text of any length"),)
    limit = _("Text of at most %(count)s characters") % {"count": number(can.text_limit)}
    if can.link_length is None:
        return (limit,)
    return (limit, _("A link counts as %(count)s characters") % {"count": number(can.link_length)})


def _about_media(can: Capabilities) -> tuple[str, ...]:
    if not can.publishes:
        return ()
    video = _("Videos") if can.video else ""
    if not can.media_limit:
        return (_("No images"), video)
    kinds: Mapping[str, str] = {
        "image/jpeg": "JPEG",
        "image/png": "PNG",
        "image/webp": "WebP",
        "image/gif": "GIF",
    }
    named = ", ".join(sorted(kinds.get(kind, kind) for kind in can.media_types))
    images = ngettext(
        "%(count)s image a message (%(kinds)s)", "%(count)s images a message (%(kinds)s)", can.media_limit
    )
    alt = _("With a description for who cannot see them") if can.alt_text else _("Without descriptions")
    return (images % {"count": number(can.media_limit), "kinds": named}, alt, video)


def _about_reactions(can: Capabilities) -> tuple[str, ...]:
    heard = _("Reactions come into the inbox") if can.reads_reactions else _("Does not give reactions")
    if not can.publishes:
        return (heard,)
    return (
        heard,
        _("Answers go out from Dialoog") if can.reply else _("Takes no answers from Dialoog"),
        _("Messages can be taken back") if can.delete else _("Messages cannot be taken back"),
        _about_doubt(can),
    )


def _about_doubt(can: Capabilities) -> str:
    if can.by_hand:
        return _("You publish there yourself; Dialoog reminds you and has everything ready")
    if can.idempotent:
        return _("A message never appears twice")
    if can.reads_back:
        return _("When a connection breaks, Dialoog looks first whether the message is there")
    return _("When a connection breaks, Dialoog asks you to look whether the message is there")
