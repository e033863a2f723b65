"""What every connector must do, in one class that each of them runs against something real.

A connector's own test derives from Conformance and gives a fixture `bench`; one that calls a network
derives from OverTheWire too. The suite asks the network itself what is there, never the connector.
"""

import json
import threading
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from dialoog.networks.base import Connector, Image, Message, Prepared, Ref
from dialoog.networks.errors import NeedsConsent, NetworkError, OutcomeUnknown, Refused, TryLater

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c626001000000ffff03000006000557bfabd40000000049454e44ae426082"
)
FAMILY = "👨‍👩‍👧‍👦"


class Bench(ABC):
    """One account at a network, our connector to it, and the network's own truth."""

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
    login_path: str
    refresh_path: str
    calls: Counter[str]

    @abstractmethod
    def fail(self, path: str, **fault: Any) -> None:
        """Let requests whose address contains `path` fail, see tests/servers/fault_proxy.py."""

    @abstractmethod
    def heal(self) -> None:
        """Let all be well again."""

    @abstractmethod
    def secret(self) -> str:
        """Return a secret that travels with each request."""

    @abstractmethod
    def unreachable(self) -> Connector:
        """Return a connector to the same account where nobody listens."""

    @abstractmethod
    def expire(self) -> None:
        """Make the network refuse the access token that we hold."""

    @abstractmethod
    def revoke(self) -> None:
        """Make every secret that we hold worthless."""


def image(alt="Een brood", **changes):
    return Image(**{"load": lambda: PNG, "mime": "image/png", "size": len(PNG), "alt": alt, **changes})


def prepared_by(connector, now, text="Vers brood", **fields):
    return connector.prepare(Message(text=text, **fields), connector.new_key(now), now)


def through_json(prepared):
    return Prepared.from_json(json.loads(json.dumps(prepared.as_json())))


class Conformance:
    """The contract of `Connector`."""

    def test_it_says_what_it_can_do_and_where_that_is_written(self, bench, now):
        can = bench.connector().capabilities
        assert can.network
        assert can.source
        assert can.reviewed_on <= now.date()
        assert can.connect

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

    def test_the_same_prepared_twice_is_one_post(self, bench, now):
        prepared = prepared_by(bench.connector(), now)
        first = bench.connector().publish(prepared)
        assert bench.connector().publish(through_json(prepared)) == first
        assert bench.texts() == ["Vers brood"]
        assert first.at == now
        assert first.ref.uri
        assert first.ref.url.startswith("https://")

    def test_prepared_survives_json(self, bench, now):
        prepared = prepared_by(bench.connector(), now, images=(image(),), languages=("nl",))
        assert through_json(prepared) == prepared

    def test_preparing_twice_gives_the_same(self, bench, now):
        connector = bench.connector()
        message = Message(text="Vers brood", images=(image(),))
        key = connector.new_key(now)
        assert connector.prepare(message, key, now) == connector.prepare(message, key, now)

    def test_preparing_shows_nothing_to_anybody(self, bench, now):
        prepared_by(bench.connector(), now, images=(image(),))
        assert bench.texts() == []

    def test_what_was_published_is_found(self, bench, now):
        prepared = prepared_by(bench.connector(), now)
        published = bench.connector().publish(prepared)
        assert bench.connector().find(through_json(prepared)) == published

    def test_what_was_not_published_is_not_found(self, bench, now):
        connector = bench.connector()
        assert connector.find(prepared_by(connector, now)) is None

    def test_another_text_under_the_key_is_refused_and_not_taken_for_ours(self, bench, now):
        connector = bench.connector()
        prepared = prepared_by(connector, now)
        connector.publish(prepared)
        other = connector.prepare(Message(text="Oud brood"), prepared.key, now)
        for call in (connector.publish, connector.find):
            with pytest.raises(Refused, match="key_taken"):
                call(other)
        assert bench.texts() == ["Vers brood"]

    def test_deleting_twice_is_no_error(self, bench, now):
        connector = bench.connector()
        prepared = prepared_by(connector, now)
        ref = connector.publish(prepared).ref
        connector.delete(ref)
        connector.delete(ref)
        assert bench.texts() == []
        assert connector.find(prepared) is None

    def test_descriptions_of_pictures_arrive(self, bench, now):
        connector = bench.connector()
        alts = ("Een brood", 'Twee "broden" & <kaas> 🥖')
        prepared = prepared_by(connector, now, images=tuple(image(alt) for alt in alts))
        connector.publish(prepared)
        assert bench.alts() == list(alts)

    def test_a_text_of_exactly_the_limit_is_taken_and_one_more_is_not(self, bench, now):
        connector = bench.connector()
        limit = connector.capabilities.text_limit
        if limit is None:
            assert connector.validate(Message(text="a" * 20_000)) == ()
            return
        connector.publish(prepared_by(connector, now, "a" * limit))
        assert len(bench.texts()[0]) == limit
        self._refused(bench, now, Message(text="a" * (limit + 1)), "text_too_long")

    def test_a_family_counts_as_one(self, bench):
        can = bench.connector().capabilities
        limit = min(can.text_limit or 100, (can.byte_limit or 10_000) // len(FAMILY.encode()))
        assert bench.connector().validate(Message(text=FAMILY * limit)) == ()

    def test_bytes_are_counted_too(self, bench, now):
        limit = bench.connector().capabilities.byte_limit
        if limit is not None:
            text = FAMILY * (limit // len(FAMILY.encode()) + 1)
            self._refused(bench, now, Message(text=text), "too_many_bytes")

    def test_an_empty_message_is_refused(self, bench, now):
        self._refused(bench, now, Message(text=" \n\t "), "empty")

    def test_images_beyond_the_limits_are_refused_before_they_are_read(self, bench, now):
        can = bench.connector().capabilities
        never = {"load": lambda: pytest.fail("read")}
        for images, code in (
            ((image(**never),) * (can.media_limit + 1), "too_many_images"),
            ((image(size=can.media_bytes + 1, **never),), "image_too_large"),
            ((image(mime="image/svg+xml", **never),), "image_type"),
            ((image("a" * ((can.alt_limit or 0) + 1), **never),), "alt_too_long"),
        ):
            if code != "alt_too_long" or can.alt_limit is not None:
                self._refused(bench, now, Message(text="Kijk", images=images), code)

    def test_right_to_left_and_other_scripts_arrive_as_they_were_written(self, bench, now):
        text = "خبز طازج \u200f🥖\u200f — हिन्दी, e\u0301é, \u2028 <b>&amp;</b> \\ \"'"
        connector = bench.connector()
        connector.publish(prepared_by(connector, now, text))
        assert bench.texts() == [text]

    def test_counts_are_those_it_declares(self, bench, now):
        connector = bench.connector()
        ref = connector.publish(prepared_by(connector, now)).ref
        (counted,) = connector.post_metrics([ref], now).values()
        assert set(counted.counts) == connector.capabilities.metrics
        assert set(connector.profile_metrics(now).counts) == connector.capabilities.profile_metrics
        assert counted.source

    def test_nothing_comes_in_when_nobody_reacted(self, bench, now):
        fetched = bench.connector().fetch_incoming("", now)
        assert fetched.items == []
        assert bench.connector().fetch_incoming(fetched.cursor, now).items == []

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
        prepared = prepared_by(connector, now)
        bench.fail(bench.publish_path, **fault)
        with pytest.raises(error) as raised:
            connector.publish(prepared)
        assert type(raised.value) is error
        bench.heal()
        assert bench.texts() == (["Vers brood"] if stands else [])
        assert (connector.find(prepared) is not None) is stands
        connector.publish(prepared)
        assert bench.texts() == ["Vers brood"]

    def test_the_wait_that_the_network_asks_for_is_kept(self, bench, now):
        connector = bench.connector()
        prepared = prepared_by(connector, now)
        bench.fail(bench.publish_path, status=429, headers={"Retry-After": "7"})
        with pytest.raises(TryLater) as raised:
            connector.publish(prepared)
        assert (raised.value.after_seconds, raised.value.sent) == (7, True)

    def test_nobody_there_means_that_nothing_was_sent(self, bench, now):
        prepared = prepared_by(bench.connector(), now)
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
        prepared = prepared_by(connector, now)
        ref = connector.publish(prepared).ref
        expected = NeedsConsent if fault["status"] == 403 else TryLater
        bench.fail("", **fault)
        for ask in (
            lambda: connector.check(now),
            lambda: connector.find(prepared),
            lambda: connector.fetch_incoming("", now),
            lambda: connector.post_metrics([ref], now),
            lambda: connector.profile_metrics(now),
            lambda: connector.delete(ref),
        ):
            with pytest.raises(NetworkError) as raised:
                ask()
            assert type(raised.value) is expected

    def test_an_ended_session_is_renewed_once_by_twenty_threads(self, bench, now):
        connector = bench.connector()
        all_prepared = [prepared_by(connector, now, f"Brood {number}") for number in range(20)]
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

    def test_when_nothing_we_hold_is_good_any_more_a_person_is_asked(self, bench, now):
        connector = bench.connector()
        prepared = prepared_by(connector, now)
        bench.revoke()
        for ask in (lambda: connector.publish(prepared), lambda: connector.check(now)):
            with pytest.raises(NeedsConsent):
                ask()
        assert bench.texts() == []

    def test_there_is_one_login_per_token_life_not_one_per_post(self, bench, now):
        bench.calls.clear()
        for number in range(12):
            connector = bench.connector()
            connector.publish(prepared_by(connector, now, f"Brood {number}"))
            connector.check(now)
        assert bench.calls[bench.login_path] == 0
        assert bench.calls[bench.refresh_path] == 0

    @pytest.mark.parametrize("status", [400, 403, 429, 500])
    def test_what_the_network_echoes_of_our_secrets_is_not_in_the_error(self, bench, now, status):
        connector = bench.connector()
        prepared = prepared_by(connector, now)
        echo = json.dumps({"error": "Odd", "message": f"got {bench.secret()}"}).encode()
        bench.fail(bench.publish_path, status=status, body=echo)
        with pytest.raises(NetworkError) as raised:
            connector.publish(prepared)
        assert bench.secret() not in f"{raised.value} {raised.value.detail} {raised.value!r}"
