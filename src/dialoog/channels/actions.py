"""Changes of channels: connect, disconnect, and note how a connection fares."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from dialoog.channels.connections import client, connector_for
from dialoog.channels.events import ChannelConnected, ChannelLost
from dialoog.channels.models import Channel, NetworkApp
from dialoog.channels.quiet import note_quiet
from dialoog.channels.rules import CHECK_EVERY, GOOD_FOR, LOST_CODES, TROUBLE_CODES, field_of, read_fields
from dialoog.channels.states import CHANNEL
from dialoog.core.errors import Conflict, Invalid
from dialoog.core.work.events import emit
from dialoog.core.work.jobs import enqueue
from dialoog.networks.base import Connection
from dialoog.networks.errors import NeedsConsent, NetworkError, TryLater
from dialoog.networks.grants import Grant, MemoryGrants
from dialoog.networks.newsroom import NETWORK as BUILTIN
from dialoog.networks.registry import UnknownNetwork, connector, kind_of, way_of
from dialoog.networks.values import Profile
from dialoog.networks.ways import Access, DirectWay, Way
from dialoog.newsroom.actions import open_newsroom
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member, Organisation

HEALTH_JOB = "channels.health"


def connect(
    actor: Member, *, network: str, way: str, typed: Mapping[str, str], now: datetime
) -> list[Channel]:
    """Connect what a way in gives at once; the same account again keeps its row and history.

    Errors: NotAllowed; Invalid(field, code) with the connector's code or one of rules.py;
    registry.UnknownNetwork.
    """
    require(actor, "channel.manage")
    taken = way_of(network, way)
    if not isinstance(taken, DirectWay):
        raise UnknownNetwork(f"{network}/{way}")
    filled = fill_in(actor, network=network, way=taken, typed=typed, now=now)
    try:
        found = with_profiles(network, taken.connect(filled, client(), now), now=now)
    except NetworkError as error:
        raise refused(error, taken) from error
    return keep_all(actor, network=network, found=found, now=now)


def fill_in(
    actor: Member, *, network: str, way: Way, typed: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """Read what was typed, and keep what of it belongs to the organisation's app for the next time.

    Errors: Invalid(field, code).
    """
    own = [field.name for field in way.fields if field.of_app]
    kept = kept_app(network) if own else {}
    filled = read_fields(way.fields, typed, kept)
    app: Any = {name: filled[name] for name in own}
    if own and app != kept:
        NetworkApp.objects.update_or_create(
            organisation=actor.organisation,
            network=network,
            defaults={"secret": app, "changed_by": actor, "changed_at": now},
        )
        record(
            actor,
            "channel.app_changed",
            kind="channel",
            subject=kind_of(network).capabilities.name,
            now=now,
            after={"network": network},
        )
    return filled


def kept_app(network: str) -> dict[str, str]:
    """Return what the organisation filled in of its app at a network, by field; {} when nothing."""
    found = NetworkApp.objects.filter(network=network).first()
    held: Any = found.secret if found else {}
    return dict(held or {})


def refused(error: NetworkError, way: Way) -> Invalid:
    """Return what a network refused as the error of the field that a person must change."""
    return Invalid(field_of(error.code, way.fields), error.code)


def with_profiles(network: str, found: Sequence[Access], *, now: datetime) -> list[Access]:
    """Return accesses that each say whose they are; a connector's own check tells where the way didn't."""
    return [replace(one, profile=one.profile or _profile(network, one, now=now)) for one in found]


def _profile(network: str, access: Access, *, now: datetime) -> Profile:
    held = Connection(address=access.address, grants=MemoryGrants(access.grant), http=client())
    return connector(network, held).check(now)


def keep_all(actor: Member, *, network: str, found: Sequence[Access], now: datetime) -> list[Channel]:
    """Keep each account that a sign-in gave.

    Errors: NotAllowed.
    """
    return [
        keep_channel(actor, network=network, profile=one.profile, grant=one.grant, now=now)
        for one in found
        if one.profile is not None
    ]


def keep_channel(
    actor: Member, *, network: str, profile: Profile, grant: Grant | None, now: datetime
) -> Channel:
    """Keep the account that a sign-in gave, found by the id that the network never changes.

    Errors: NotAllowed.
    """
    require(actor, "channel.manage")
    held = {
        "name": (profile.name or profile.handle or profile.id)[:120],
        "handle": profile.handle[:253],
        "address": profile.address[:255],
        "url": profile.url[:500],
        "state": CHANNEL.initial,
        "grant": {"kind": grant.kind, "data": dict(grant.data)} if grant else None,
        "limits": dict(profile.limits),
        "consent_ends_at": profile.consent_ends,
    }
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=actor.organisation_id)
        known = _same_account(network, profile.id)
        channel = known or Channel(organisation=actor.organisation, network=network, remote_id=profile.id)
        before = _shown(channel) if known else {}
        _fill(channel, held, actor=actor, now=now)
        _tell_connected(actor, channel, before=before, now=now)
    return channel


def _same_account(network: str, remote_id: str) -> Channel | None:
    same = Channel.objects.filter(network=network, remote_id=remote_id)
    return same.order_by("disconnected_at", "-id").first()


def _fill(channel: Channel, values: Mapping[str, Any], *, actor: Member, now: datetime) -> None:
    for name, value in values.items():
        setattr(channel, name, value)
    channel.health_code, channel.health_at, channel.failing_since = "", now, None
    channel.connected_by, channel.connected_at, channel.disconnected_at = actor, now, None
    # A renewal that is under way belongs to the old grant: its result must not be written.
    channel.grant_version += 1
    channel.grant_lease_until, channel.quiet_until = None, None
    channel.save()


def _tell_connected(actor: Member, channel: Channel, *, before: Mapping[str, Any], now: datetime) -> None:
    record(
        actor,
        "channel.connected",
        kind="channel",
        subject=channel,
        now=now,
        before=before,
        after=_shown(channel),
    )
    emit(ChannelConnected(channel.pk, channel.network), organisation_id=channel.organisation_id, now=now)
    _watch(channel, now=now)


def _watch(channel: Channel, *, now: datetime) -> None:
    """Look at the connection from now on; what is built in needs no looking at."""
    if channel.network != BUILTIN:
        enqueue(
            HEALTH_JOB,
            key=f"{HEALTH_JOB}:{channel.pk}",
            due_at=now + CHECK_EVERY,
            now=now,
            organisation_id=channel.organisation_id,
            payload={"channel_id": channel.pk},
        )


def _shown(channel: Channel) -> dict[str, Any]:
    names = ("network", "name", "handle", "remote_id", "address", "state")
    return {name: getattr(channel, name) for name in names}


def install_builtin(actor: Member, *, now: datetime) -> Channel:
    """Open the newsroom and its channel; done before is no error.

    Errors: NotAllowed.
    """
    require(actor, "channel.manage")
    with transaction.atomic():
        newsroom = open_newsroom(actor, now=now)
        present = Channel.objects.filter(network=BUILTIN, remote_id=str(newsroom.pk)).first()
        if present is not None and present.state == "connected":
            return present
        profile = Profile(id=str(newsroom.pk), handle="", name=newsroom.title, url=newsroom.url)
        return keep_channel(actor, network=BUILTIN, profile=profile, grant=None, now=now)


def follow_newsroom(newsroom_id: int, *, title: str, url: str) -> None:
    """Give the built-in channel the newsroom's title and address."""
    Channel.objects.filter(network=BUILTIN, remote_id=str(newsroom_id)).update(
        name=title[:120], url=url[:500]
    )


def disconnect(actor: Member, *, channel: Channel, now: datetime) -> None:
    """Forget the grant and stop; what was published and received stays.

    Errors: NotAllowed, Conflict when it is disconnected already or built in.
    """
    require(actor, "channel.manage")
    if channel.network == BUILTIN:
        raise Conflict("channel_built_in")
    with transaction.atomic():
        row = Channel.objects.select_for_update().get(pk=channel.pk)
        if not CHANNEL.allows(row.state, "disconnected"):
            raise Conflict("channel_disconnected")
        before = _shown(row)
        row.state, row.grant, row.disconnected_at = "disconnected", None, now
        row.grant_version += 1
        row.grant_lease_until = None
        row.save()
        after = _shown(row)
        record(
            actor, "channel.disconnected", kind="channel", subject=row, now=now, before=before, after=after
        )
        emit(ChannelLost(row.pk, row.network, "disconnected"), organisation_id=row.organisation_id, now=now)


def look_now(actor: Member, *, channel: Channel, now: datetime) -> bool:
    """Look whether the connection works, note it, and tell.

    Errors: NotAllowed.
    """
    require(actor, "channel.manage")
    if channel.network == BUILTIN:
        return True
    try:
        profile = connector_for(channel).check(now)
    except NetworkError as error:
        note_error(channel.pk, error=error, now=now)
        return False
    note_profile(channel, profile)
    note_health(channel.pk, code="", now=now)
    _watch(channel, now=now)
    return True


def note_error(channel_id: int, *, error: NetworkError, now: datetime) -> None:
    """Note what a connector raised: lost when it needs consent, in trouble when the server is, quiet when asked.

    A refusal of one message says nothing of the channel and is not noted.
    """
    is_lost = isinstance(error, NeedsConsent)
    if is_lost or error.code in TROUBLE_CODES:
        note_health(channel_id, code=error.code, now=now, is_lost=is_lost)
    if isinstance(error, TryLater) and error.code == "limit_reached":
        note_quiet(channel_id, until=now + timedelta(seconds=error.after_seconds))


def note_health(channel_id: int, *, code: str, now: datetime, is_lost: bool | None = None) -> None:
    """Note how the connection fared: "" is good; a code of NeedsConsent means a person must connect again.

    Written only when something changed or the last note is older than five minutes.
    """
    lost = code in LOST_CODES if is_lost is None else is_lost
    seen = Channel.objects.filter(pk=channel_id).only("state", "health_code", "health_at").first()
    if seen is None or seen.state == "disconnected" or _is_news_to(seen, code, now=now) is False:
        return
    with transaction.atomic():
        row = Channel.objects.select_for_update().get(pk=channel_id)
        if row.state != "disconnected":
            _write_health(row, code, is_lost=lost, now=now)


def _is_news_to(seen: Channel, code: str, *, now: datetime) -> bool:
    same = seen.health_code == code and (code != "" or seen.state == "connected")
    return not (same and seen.health_at is not None and now - seen.health_at < GOOD_FOR)


def _write_health(row: Channel, code: str, *, is_lost: bool, now: datetime) -> None:
    old = row.state
    row.health_code, row.health_at = code[:40], now
    row.failing_since = (row.failing_since or now) if code else None
    if is_lost:
        row.state = "needs_consent"
    elif not code:
        row.state = "connected"
    row.save(update_fields=["state", "health_code", "health_at", "failing_since"])
    if row.state != old:
        _tell_moved(row, code, before=old, now=now)


def _tell_moved(row: Channel, code: str, *, before: str, now: datetime) -> None:
    lost = row.state == "needs_consent"
    record(
        None,
        "channel.lost" if lost else "channel.recovered",
        kind="channel",
        subject=row,
        now=now,
        organisation=row.organisation,
        before={"state": before},
        after={"state": row.state, "code": code},
    )
    told = ChannelLost(row.pk, row.network, code) if lost else ChannelConnected(row.pk, row.network)
    emit(told, organisation_id=row.organisation_id, now=now)


def note_profile(channel: Channel, profile: Profile) -> None:
    """Note what a look told of the account itself: what it takes, and when its consent ends."""
    told = {"limits": dict(profile.limits), "consent_ends_at": profile.consent_ends}
    if Channel.objects.filter(pk=channel.pk).values(*told).first() != told:
        Channel.objects.filter(pk=channel.pk).update(**told)
