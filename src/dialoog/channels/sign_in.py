"""Signing in at a network's own page: begin, go there, come back with what it gave, choose what to connect."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from dialoog.channels.actions import fill_in, keep_all, refused, with_profiles
from dialoog.channels.attempts import begin_attempt
from dialoog.channels.connections import client
from dialoog.channels.models import Channel, ConnectAttempt
from dialoog.core.errors import Invalid
from dialoog.networks.errors import NetworkError
from dialoog.networks.grants import Grant
from dialoog.networks.registry import UnknownNetwork, way_of
from dialoog.networks.values import Profile
from dialoog.networks.ways import Access, ConsentWay, Site
from dialoog.organisations.access import require
from dialoog.organisations.models import Member


def site(network: str) -> Site:
    """Return who this installation is to a network, and where it may send people back to.

    On loopback that is 127.0.0.1 and not "localhost", as RFC 8252 (7.3) and the AT Protocol ask.
    """
    address = settings.ADDRESS
    back = address
    if urlsplit(address).hostname == "localhost":
        back = address.replace("//localhost", "//127.0.0.1", 1)
    return Site(f"{back}{back_path(network)}", address, _key(network))


def _key(network: str) -> str:
    """Return a secret of this installation for one network: a connector never sees that of the installation."""
    return hmac.new(settings.SECRET_KEY.encode(), f"network {network}".encode(), "sha256").hexdigest()


def back_path(network: str) -> str:
    """Return the path at which a network's answer comes in; it's registered there, so it never changes."""
    return f"/koppelen/{network}/terug/"


def begin_sign_in(
    actor: Member, *, network: str, way: str, typed: Mapping[str, str], session_key: str, now: datetime
) -> ConnectAttempt:
    """Ask the network for its page of consent, and keep what is needed to finish.

    Errors: NotAllowed; Invalid(field, code); registry.UnknownNetwork.
    """
    require(actor, "channel.manage")
    taken = _consent_way(network, way)
    here = site(network)
    if taken.offered(here) is not None:
        raise Invalid("", "sign_in_needs_https")
    filled = fill_in(actor, network=network, way=taken, typed=typed, now=now)
    try:
        begun = taken.begin(filled, here, client(), now)
    except NetworkError as error:
        raise refused(error, taken) from error
    secret = {"url": begun.url, "way": way, "kept": dict(begun.secret)}
    return begin_attempt(
        actor, network=network, state=begun.state, session_key=session_key, secret=secret, now=now
    )


def _consent_way(network: str, name: str) -> ConsentWay:
    found = way_of(network, name)
    if not isinstance(found, ConsentWay):
        raise UnknownNetwork(f"{network}/{name}")
    return found


def finish_sign_in(
    actor: Member, *, network: str, secret: Mapping[str, Any], params: Mapping[str, str], now: datetime
) -> list[Access]:
    """Return the accounts that the network's answer speaks for; none is connected yet.

    Errors: NotAllowed; Invalid("", code).
    """
    require(actor, "channel.manage")
    way = _consent_way(network, str(secret["way"]))
    try:
        found = with_profiles(network, way.finish(secret["kept"], params, client(), now), now=now)
    except NetworkError as error:
        raise Invalid("", error.code) from error
    if not found:
        raise Invalid("", "no_accounts")
    return found


def keep_for_choice(
    actor: Member, *, network: str, found: Sequence[Access], session_key: str, now: datetime
) -> ConnectAttempt:
    """Keep several accounts, encrypted and for a quarter of an hour, until the person says which to connect."""
    packed = [
        {
            "grant": {"kind": one.grant.kind, "data": dict(one.grant.data)},
            "address": one.address,
            **_packed(one),
        }
        for one in found
    ]
    return begin_attempt(
        actor,
        network=network,
        state=token_urlsafe(32),
        session_key=session_key,
        secret={"found": packed},
        now=now,
    )


def _packed(access: Access) -> dict[str, Any]:
    told = asdict(access.profile) if access.profile else {}
    if told.get("consent_ends"):
        told["consent_ends"] = told["consent_ends"].isoformat()
    return {"profile": told}


def offered_accounts(attempt: ConnectAttempt) -> list[Access]:
    """Return the accounts among which a person chooses."""
    held: Any = attempt.secret
    return [_unpacked(one) for one in held.get("found", [])]


def _unpacked(held: Mapping[str, Any]) -> Access:
    told = dict(held["profile"])
    if told.get("consent_ends"):
        told["consent_ends"] = datetime.fromisoformat(told["consent_ends"])
    return Access(Grant(held["grant"]["kind"], held["grant"]["data"]), held["address"], Profile(**told))


def choose_accounts(
    actor: Member, *, attempt: ConnectAttempt, chosen: Sequence[int], now: datetime
) -> list[Channel]:
    """Connect those of the offered accounts that were ticked, by their place; the others are forgotten.

    Errors: NotAllowed; Invalid("accounts", "choose_one").
    """
    require(actor, "channel.manage")
    offered = offered_accounts(attempt)
    found = [offered[place] for place in sorted(set(chosen)) if 0 <= place < len(offered)]
    if not found:
        raise Invalid("accounts", "choose_one")
    channels = keep_all(actor, network=attempt.network, found=found, now=now)
    ConnectAttempt.objects.filter(pk=attempt.pk).update(used_at=now, secret={})
    return channels
