"""Whose session it is, as the account's own server tells."""

from collections.abc import Mapping
from typing import Any

from dialoog.core.http import GuardedClient
from dialoog.networks.answers import understood
from dialoog.networks.bluesky.consent import ConsentKeeper
from dialoog.networks.bluesky.password import PasswordKeeper
from dialoog.networks.bluesky.session import Keeper, Session
from dialoog.networks.errors import NeedsConsent, Refused
from dialoog.networks.grants import GrantStore
from dialoog.networks.values import Profile

KEEPERS: Mapping[str, Keeper] = {"app_password": PasswordKeeper(), "oauth": ConsentKeeper()}


def open_session(http: GuardedClient, address: str, grants: GrantStore) -> Session:
    """Return a session that knows every kind of grant."""
    return Session(http, address, grants, KEEPERS)


def profile_of(session: Session, *, account: str = "") -> Profile:
    """Return whose session this is; name and picture come from the account's own repository.

    Errors: NeedsConsent("other_account") when it isn't `account`, and "account_inactive".
    """
    who = session.query("com.atproto.server.getSession")
    with understood():
        did, handle = str(who["did"]), str(who["handle"])
    if account not in {"", did}:
        raise NeedsConsent("other_account")
    if who.get("active") is False:
        raise NeedsConsent("account_inactive")
    about = _own_profile(session) or {}
    return Profile(
        id=did,
        handle=handle,
        name=str(about.get("displayName") or ""),
        avatar_url=_avatar(session, did, about),
        url=f"https://bsky.app/profile/{handle}",
        address=session.address,
    )


def _avatar(session: Session, did: str, about: Mapping[str, Any]) -> str:
    try:
        cid = about["avatar"]["ref"]["$link"]
    except (KeyError, TypeError):
        return ""
    return f"{session.address}/xrpc/com.atproto.sync.getBlob?did={did}&cid={cid}"


def _own_profile(session: Session) -> dict[str, Any] | None:
    place = {"repo": session.did, "collection": "app.bsky.actor.profile", "rkey": "self"}
    try:
        found = session.query("com.atproto.repo.getRecord", place)
    except Refused as refused:
        if refused.code == "not_found":
            return None
        raise
    with understood():
        return dict(found["value"])
