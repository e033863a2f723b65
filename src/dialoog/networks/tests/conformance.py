"""What every connector must do, in one class that each of them runs against something real.

A connector's own test derives from Conformance and gives a fixture `bench`; one that calls a network
derives from OverTheWire too. The suite asks the network itself what is there, never the connector.
"""

import contextlib
import json
import socket
import threading
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from dialoog.core.http import GuardedClient
from dialoog.networks.base import Connection, Connector
from dialoog.networks.errors import NeedsConsent, NetworkError, OutcomeUnknown, Refused, TryLater
from dialoog.networks.grants import Grant, MemoryGrants
from dialoog.networks.tests.contract import standing_in
from dialoog.networks.tests.fault_proxy import Fault, standing_before
from dialoog.networks.values import Image, Message, Prepared, Ref

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000"
    "000d4944415478da633831cde83f00064a0290214c73180000000049454e44ae426082"
)
FAMILY = "👨‍👩‍👧‍👦"


class Bench(ABC):
    """One account at a network, our connector to it, and the network's own truth.

    Shape: `states_our_time` tells whether the network keeps the time that we state for a post; `media_by_content`
           whether the same image sent twice is the same to it; `looks_by_key` whether it can be asked for a key.
    """

    states_our_time = True
    media_by_content = True
    looks_by_key = True

    def message(self, text: str = "Vers brood", **fields: Any) -> Message:
        """Return a message that the network takes."""
        return Message(text=text, **fields)

    @abstractmethod
    def connector(self) -> Connector:
        """Return a new connector to the account."""

    @abstractmethod
    def texts(self) -> list[str]:
        """Return the texts that the network shows for this account."""

    @abstractmethod
    def alts(self) -> list[str]:
        """Return the descriptions of all pictures that the network shows."""


class WireBench(Bench):
    """A bench whose network can be made to fail; all that the connector sends passes `proxy`."""

    publish_path: str
    # Of connectors whose tokens end; the last part of the address, as `calls` counts them.
    login_path: str = ""
    refresh_path: str = ""
    calls: Counter[str]

    @abstractmethod
    def fail(self, path: str, **fault: Any) -> None:
        """Let requests whose address contains `path` fail, see fault_proxy.py."""

    @abstractmethod
    def heal(self) -> None:
        """Let all be well again."""

    @abstractmethod
    def secret(self) -> str:
        """Return a secret that travels with each request."""

    @abstractmethod
    def unreachable(self) -> Connector:
        """Return a connector to the same account where nobody listens."""

    def expire(self) -> None:
        """Make the network refuse the access token that we hold, though it can be renewed."""
        raise NotImplementedError

    @abstractmethod
    def revoke(self) -> None:
        """Make every secret that we hold worthless."""


def image(alt="Een brood", **changes):
    return Image(**{"load": lambda: PNG, "mime": "image/png", "size": len(PNG), "alt": alt, **changes})


def prepared_by(bench, now, text="Vers brood", connector=None, **fields):
    connector = connector or bench.connector()
    return connector.prepare(bench.message(text, **fields), connector.new_key(now), now)


class ContractBench(WireBench):
    """A bench whose network is a stand-in that holds each request against its description (contract.py).

    A connector's own says `kind`, the grant that a sign-in gives (`granted`), and what stands there.
    """

    kind: type[Connector]

    def __init__(self, server, proxy, http):
        self.server, self.proxy, self.http = server, proxy, http
        self.network, self.calls = server.network, proxy.calls
        self.grants = MemoryGrants(self.granted())

    @classmethod
    def of(cls, server):
        """Return a bench straight before a stand-in, for its grant and its truth alone."""
        return cls(
            server, SimpleNamespace(url=server.url, calls=Counter()), GuardedClient(frozenset({server.url}))
        )

    def granted(self):
        """Return the grant of a connected account."""
        raise NotImplementedError

    def connector(self, address=None, http=None, **more):
        held = Connection(
            address=address or self.proxy.url, grants=self.grants, http=http or self.http, **more
        )
        return self.kind(held)

    def fail(self, path, **fault):
        self.proxy.fail(Fault(path, **fault))

    def heal(self):
        self.proxy.fail(None)

    def secret(self):
        return self.grants.load().data["access"]

    def unreachable(self):
        address, http = nobody_there()
        return self.connector(address, http)

    def change_grant(self, **data):
        self.grants.refresh(lambda grant: Grant(grant.kind, {**grant.data, **data}))


@contextlib.contextmanager
def contract(name, network, bench):
    """Give a bench before a new stand-in for the network; every request must have been one that it allows."""
    with standing_in(name, network) as server, standing_before(server.url) as proxy:
        http = GuardedClient(frozenset({proxy.url, server.url}))
        try:
            yield bench(server, proxy, http)
        finally:
            http.close()
    assert server.violations == []


def nobody_there():
    """Return an address on loopback at which nobody listens, and a client that may ask it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    return address, GuardedClient(frozenset({address}))


def pictures(bench):
    """Return a picture to send along, where the network takes any."""
    return (image(),) if capabilities(bench).media_limit else ()


def capabilities(bench):
    return bench.connector().capabilities


def through_json(prepared):
    return Prepared.from_json(json.loads(json.dumps(prepared.as_json())))


class Common:
    """What every connector does, whether it publishes or only reads."""

    def test_it_says_what_it_can_do_and_where_that_is_written(self, bench, now):
        kind = type(bench.connector())
        can = kind.capabilities
        assert can.network
        assert can.source
        assert can.reviewed_on <= now.date()
        assert kind.ways or can.is_builtin

    def test_check_says_whose_it_is_and_refuses_another(self, bench, now):
        connector = bench.connector()
        profile = connector.check(now)
        assert profile.id
        connector.connection = replace(connector.connection, account=profile.id)
        assert connector.check(now) == profile
        connector.connection = replace(connector.connection, account="somebody else")
        with pytest.raises(NeedsConsent, match="other_account"):
            connector.check(now)

    def test_keys_never_repeat(self, bench, now):
        connector, made = bench.connector(), []
        threads = [
            threading.Thread(target=lambda: made.extend(connector.new_key(now) for _ in range(200)))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(made)) == 1600
        assert max(map(len, made)) <= 64

    def test_nothing_comes_in_when_nobody_reacted(self, bench, now):
        fetched = bench.connector().fetch_incoming("", now)
        assert fetched.items == []
        assert bench.connector().fetch_incoming(fetched.cursor, now).items == []


class Reading(Common):
    """The contract of a connector that only reads. Its bench can `show` a text, as somebody else would."""

    def test_nothing_is_ever_published_or_taken_away(self, bench, now):
        connector = bench.connector()
        assert not connector.capabilities.publishes
        message = Message(text="Vers brood")
        assert "read_only" in [problem.code for problem in connector.validate(message)]
        with pytest.raises(Refused, match="read_only"):
            connector.prepare(message, connector.new_key(now), now)
        prepared = Prepared(connector.capabilities.network, connector.new_key(now), {})
        with pytest.raises(Refused, match="read_only"):
            connector.publish(prepared)
        assert connector.find(prepared) is None
        with pytest.raises(Refused):
            connector.delete(Ref("elsewhere://1"))

    def test_what_others_show_comes_in_once_and_oldest_first(self, bench, now):
        bench.show("Eerst")
        first = bench.connector().fetch_incoming("", now)
        bench.show("Daarna")
        second = bench.connector().fetch_incoming(first.cursor, now)
        named = {item.remote_id: item for item in [*first.items, *second.items]}
        assert [item.text for item in named.values()] == ["Eerst", "Daarna"]
        assert all(item.kind == "post" and item.at.tzinfo is not None for item in named.values())
        assert [item.at for item in second.items] == sorted(item.at for item in second.items)
        assert bench.connector().fetch_incoming(second.cursor, now).items == []

    def test_it_counts_what_it_declares(self, bench, now):
        connector = bench.connector()
        can = connector.capabilities
        assert set(connector.profile_metrics(now).counts) == can.profile_metrics
        assert not can.metrics
        assert connector.post_metrics([Ref("elsewhere://1")], now) == {}


class Conformance(Common):
    """The contract of a `Connector` that publishes."""

    def test_publishing_shows_it_once_and_says_where(self, bench, now):
        first = bench.connector().publish(prepared_by(bench, now))
        assert bench.texts() == ["Vers brood"]
        assert first.at.tzinfo is not None
        if bench.states_our_time:
            assert first.at == now
        assert first.ref.uri
        assert not first.ref.url or first.ref.url.startswith(
            ("https://", "http://127.0.0.1", "http://localhost")
        )

    def test_the_same_prepared_twice_is_one_post(self, bench, now):
        if not capabilities(bench).idempotent:
            return
        prepared = prepared_by(bench, now)
        first = bench.connector().publish(prepared)
        assert bench.connector().publish(through_json(prepared)) == first
        assert bench.texts() == ["Vers brood"]

    def test_prepared_survives_json(self, bench, now):
        prepared = prepared_by(bench, now, images=pictures(bench), languages=("nl",))
        assert through_json(prepared) == prepared

    def test_preparing_twice_gives_the_same(self, bench, now):
        connector = bench.connector()
        if capabilities(bench).idempotency == "draft":
            return
        images = pictures(bench) if bench.media_by_content else ()
        message = bench.message(**({"images": images} if images else {}))
        key = connector.new_key(now)
        assert connector.prepare(message, key, now) == connector.prepare(message, key, now)

    def test_preparing_shows_nothing_to_anybody(self, bench, now):
        prepared_by(bench, now, images=pictures(bench))
        assert bench.texts() == []

    def test_what_was_published_is_found(self, bench, now):
        prepared = prepared_by(bench, now)
        published = bench.connector().publish(prepared)
        if capabilities(bench).reads_back:
            assert bench.connector().find(through_json(prepared)) == published

    def test_what_was_not_published_is_not_found(self, bench, now):
        connector = bench.connector()
        assert connector.find(prepared_by(bench, now)) is None

    def test_another_text_under_the_key_is_refused_and_not_taken_for_ours(self, bench, now):
        connector = bench.connector()
        if connector.capabilities.idempotency != "key":
            return
        prepared = prepared_by(bench, now)
        connector.publish(prepared)
        other = connector.prepare(bench.message("Oud brood"), prepared.key, now)
        with pytest.raises(Refused, match="key_taken"):
            connector.publish(other)
        if bench.looks_by_key:
            with pytest.raises(Refused, match="key_taken"):
                connector.find(other)
        else:
            assert connector.find(other) is None
        assert bench.texts() == ["Vers brood"]

    def test_an_older_post_with_the_same_text_is_not_taken_for_ours(self, bench, now):
        if not capabilities(bench).reads_back:
            return
        bench.connector().publish(prepared_by(bench, now))
        later = prepared_by(bench, now + timedelta(hours=3))
        assert bench.connector().find(later) is None

    def test_deleting_twice_is_no_error(self, bench, now):
        connector = bench.connector()
        prepared = prepared_by(bench, now)
        ref = connector.publish(prepared).ref
        if not connector.capabilities.delete:
            with pytest.raises(Refused, match="not_supported"):
                connector.delete(ref)
            return
        connector.delete(ref)
        connector.delete(ref)
        assert bench.texts() == []
        assert connector.find(prepared) is None

    def test_descriptions_of_pictures_arrive(self, bench, now):
        connector = bench.connector()
        if not connector.capabilities.alt_text or connector.capabilities.media_limit < 2:
            return
        alts = ("Een brood", 'Twee "broden" & <kaas> 🥖')
        prepared = prepared_by(bench, now, images=tuple(image(alt) for alt in alts))
        connector.publish(prepared)
        assert bench.alts() == list(alts)

    def test_a_text_of_exactly_the_limit_is_taken_and_one_more_is_not(self, bench, now):
        connector = bench.connector()
        limit = connector.capabilities.text_limit
        if limit is None:
            assert connector.validate(bench.message("a" * 20_000)) == ()
            return
        connector.publish(prepared_by(bench, now, "a" * limit))
        assert len(bench.texts()[0]) == limit
        self._refused(bench, now, bench.message("a" * (limit + 1)), "text_too_long")

    def test_a_family_counts_as_the_network_counts_it(self, bench):
        connector = bench.connector()
        can = connector.capabilities
        each = connector.length(FAMILY)
        assert each == {"graphemes": 1, "characters": 7, "utf16": 11, "bytes": 25}.get(can.text_unit, each)
        limit = min((can.text_limit or 100) // each, (can.byte_limit or 10_000) // len(FAMILY.encode()))
        assert connector.validate(bench.message(FAMILY * limit)) == ()

    def test_a_link_counts_as_the_network_counts_it(self, bench):
        connector = bench.connector()
        link = "https://www.voorbeeld.nl/een/lang/adres/van/een/pagina"
        expected = connector.capabilities.link_length
        assert connector.length(f"Kijk {link} eens") == (expected or len(link)) + len("Kijk  eens")

    def test_bytes_are_counted_too(self, bench, now):
        limit = capabilities(bench).byte_limit
        if limit is not None:
            text = FAMILY * (limit // len(FAMILY.encode()) + 1)
            self._refused(bench, now, bench.message(text), "too_many_bytes")

    def test_an_empty_message_is_refused(self, bench, now):
        self._refused(bench, now, Message(text=" \n\t "), "empty")

    def test_images_beyond_the_limits_are_refused_before_they_are_read(self, bench, now):
        can = bench.connector().capabilities
        never = {"load": lambda: pytest.fail("read"), "mime": min(can.media_types or {"image/png"})}
        for images, code in (
            ((image(**never),) * (can.media_limit + 1), "too_many_images"),
            ((image(size=can.media_bytes + 1, **never),), "image_too_large"),
            ((image(**{**never, "mime": "image/svg+xml"}),), "image_type"),
            ((image("a" * ((can.alt_limit or 0) + 1), **never),), "alt_too_long"),
        ):
            if can.media_limit and (code != "alt_too_long" or can.alt_limit is not None):
                self._refused(bench, now, bench.message("Kijk", images=images), code)

    def test_right_to_left_and_other_scripts_arrive_as_they_were_written(self, bench, now):
        text = "خبز طازج \u200f🥖\u200f — हिन्दी, e\u0301é, \u2028 <b>&amp;</b> \\ \"'"
        connector = bench.connector()
        connector.publish(prepared_by(bench, now, text))
        assert bench.texts() == [text]

    def test_counts_are_those_it_declares(self, bench, now):
        connector = bench.connector()
        ref = connector.publish(prepared_by(bench, now)).ref
        can = connector.capabilities
        for counted in connector.post_metrics([ref], now).values():
            assert set(counted.counts) == can.metrics
            assert counted.source
        assert len(connector.post_metrics([ref], now)) == bool(can.metrics)
        assert set(connector.profile_metrics(now).counts) == can.profile_metrics

    def test_an_address_of_another_network_is_refused(self, bench):
        with pytest.raises(Refused):
            bench.connector().delete(Ref("elsewhere://1"))

    def _refused(self, bench, now, message, code):
        connector = bench.connector()
        before = bench.texts()
        assert code in [problem.code for problem in connector.validate(message)]
        with pytest.raises(Refused) as refused:
            connector.prepare(message, connector.new_key(now), now)
        assert refused.value.code
        assert bench.texts() == before


FAULTS = {
    # name: (fault, error, whether the post stands there afterwards)
    "a limit with a wait": (
        {"status": 429, "headers": {"Retry-After": "7"}},
        TryLater,
        False,
    ),
    "a failure before": ({"status": 500}, OutcomeUnknown, False),
    "a failure although posted": ({"status": 500, "passes": True}, OutcomeUnknown, True),
    "a bad gateway although posted": (
        {"status": 502, "passes": True, "body": b"<html>"},
        OutcomeUnknown,
        True,
    ),
    "cut after the body, posted": ({"status": 0, "passes": True}, OutcomeUnknown, True),
    "cut after the body, not posted": ({"status": 0}, OutcomeUnknown, False),
    "a success that can't be read": (
        {"status": 200, "passes": True, "body": b"<html>"},
        OutcomeUnknown,
        True,
    ),
    "an empty success": ({"status": 200, "passes": True, "body": b"{}"}, OutcomeUnknown, True),
    "not allowed": ({"status": 403}, NeedsConsent, False),
    "not accepted": ({"status": 400, "body": b'{"error": "InvalidRecord"}'}, Refused, False),
    "too large": ({"status": 413}, Refused, False),
    "not there": ({"status": 404, "body": b"<html>"}, Refused, False),
    "a redirect": ({"status": 302, "headers": {"Location": "/elsewhere"}}, Refused, False),
}


class OverTheWire:
    """What a connector does when the network or the way there fails."""

    @pytest.mark.parametrize("name", FAULTS)
    def test_publishing_into_a_fault_is_one_of_the_four_and_ends_in_one_post(self, bench, now, name):
        fault, error, stands = FAULTS[name]
        connector = bench.connector()
        prepared = prepared_by(bench, now)
        bench.fail(bench.publish_path, **fault)
        with pytest.raises(error) as raised:
            connector.publish(prepared)
        assert type(raised.value) is error
        bench.heal()
        assert bench.texts() == (["Vers brood"] if stands else [])
        if connector.capabilities.reads_back:
            assert (connector.find(prepared) is not None) is stands
        if connector.capabilities.idempotent or not stands:
            connector.publish(prepared)
            assert bench.texts() == ["Vers brood"]

    def test_the_wait_that_the_network_asks_for_is_kept(self, bench, now):
        connector = bench.connector()
        prepared = prepared_by(bench, now)
        bench.fail(bench.publish_path, status=429, headers={"Retry-After": "7"})
        with pytest.raises(TryLater) as raised:
            connector.publish(prepared)
        assert (raised.value.after_seconds, raised.value.sent) == (7, True)

    def test_nobody_there_means_that_nothing_was_sent(self, bench, now):
        prepared = prepared_by(bench, now)
        with pytest.raises(TryLater) as raised:
            bench.unreachable().publish(prepared)
        assert not raised.value.sent
        assert bench.texts() == []

    @pytest.mark.parametrize(
        "fault",
        [{"status": 500}, {"status": 0}, {"status": 429}, {"status": 200, "body": b"[1"}, {"status": 403}],
        ids=str,
    )
    def test_asking_into_a_fault_is_try_later_or_needs_consent(self, bench, now, fault):
        connector = bench.connector()
        prepared = prepared_by(bench, now)
        ref = connector.publish(prepared).ref
        expected = NeedsConsent if fault["status"] == 403 else TryLater
        bench.fail("", **fault)
        can = connector.capabilities
        for asks, ask in (
            (True, lambda: connector.check(now)),
            (can.reads_back, lambda: connector.find(prepared)),
            (can.reads_reactions, lambda: connector.fetch_incoming("", now)),
            (can.metrics, lambda: connector.post_metrics([ref], now)),
            (can.profile_metrics, lambda: connector.profile_metrics(now)),
            (can.delete, lambda: connector.delete(ref)),
        ):
            if not asks:
                continue
            with pytest.raises(NetworkError) as raised:
                ask()
            assert type(raised.value) is expected

    def test_when_nothing_we_hold_is_good_any_more_a_person_is_asked(self, bench, now):
        connector = bench.connector()
        prepared = prepared_by(bench, now)
        bench.revoke()
        for ask in (lambda: connector.publish(prepared), lambda: connector.check(now)):
            with pytest.raises(NeedsConsent):
                ask()
        assert bench.texts() == []

    @pytest.mark.parametrize("status", [400, 403, 429, 500])
    def test_what_the_network_echoes_of_our_secrets_is_not_in_the_error(self, bench, now, status):
        connector = bench.connector()
        prepared = prepared_by(bench, now)
        echo = json.dumps({"error": "Odd", "message": f"got {bench.secret()}"}).encode()
        bench.fail(bench.publish_path, status=status, body=echo)
        with pytest.raises(NetworkError) as raised:
            connector.publish(prepared)
        assert bench.secret() not in f"{raised.value} {raised.value.detail} {raised.value!r}"


class Renewing:
    """What a connector does whose tokens end: they are renewed once, whoever finds out first."""

    def test_an_ended_session_is_renewed_once_by_twenty_threads(self, bench, now):
        connector = bench.connector()
        all_prepared = [prepared_by(bench, now, f"Brood {number}") for number in range(20)]
        bench.expire()
        bench.calls.clear()
        threads = [threading.Thread(target=connector.publish, args=(one,)) for one in all_prepared]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(bench.texts()) == 20
        assert bench.calls[bench.refresh_path] == 1
        assert bench.calls[bench.login_path] == 0

    def test_there_is_one_login_per_token_life_not_one_per_post(self, bench, now):
        bench.calls.clear()
        for number in range(12):
            connector = bench.connector()
            connector.publish(prepared_by(bench, now, f"Brood {number}"))
            connector.check(now)
        assert bench.calls[bench.login_path] == 0
        assert bench.calls[bench.refresh_path] == 0
