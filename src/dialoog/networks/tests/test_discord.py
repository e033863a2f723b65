"""Discord's webhooks against a stand-in that holds each request against their description."""

import pytest

from dialoog.networks.base import Connection
from dialoog.networks.discord import Discord, Webhook
from dialoog.networks.errors import NeedsConsent, Refused
from dialoog.networks.grants import MemoryGrants
from dialoog.networks.tests.conformance import Conformance, ContractBench, OverTheWire, contract, prepared_by
from dialoog.networks.tests.contracts.discord import Discord as Truth


class DiscordBench(ContractBench):
    publish_path = "wait=true"
    states_our_time = False
    kind = Discord

    def granted(self):
        address = f"{self.proxy.url}/api/webhooks/{self.network.id}/{self.network.token}"
        (access,) = Webhook().connect({"webhook": address}, self.http, None)
        return access.grant

    def texts(self):
        return [one["content"] for one in self.network.messages.values()]

    def alts(self):
        return [file["description"] for one in self.network.messages.values() for file in one["attachments"]]

    def revoke(self):
        self.network.is_withdrawn = True


@pytest.fixture
def bench():
    with contract("discord", Truth(), DiscordBench) as bench:
        yield bench


class TestDiscord(Conformance, OverTheWire):
    """The common suite."""


def test_nobody_is_woken_by_a_message(bench, now):
    bench.connector().publish(prepared_by(bench, now, "@everyone Vers brood"))
    assert bench.server.violations == []


@pytest.mark.parametrize(
    "address",
    [
        "https://discord.com.evil.example/api/webhooks/100000000000000003/" + "t" * 68,
        "https://discord.com/api/webhooks/12/short",
        "http://127.0.0.1:1/api/webhooks/100000000000000003/" + "t" * 68,
        "nonsense",
    ],
)
def test_another_address_is_refused_in_words(bench, address, now):
    with pytest.raises(Refused, match="webhook_unreadable"):
        Webhook().connect({"webhook": address}, bench.http, now)
    assert Discord.errors["webhook_unreadable"].nl


def test_the_address_is_in_no_repr(bench):
    assert bench.network.token not in repr(bench.granted())


def test_a_webhook_that_was_removed_wants_a_person(bench, now):
    bench.revoke()
    with pytest.raises(NeedsConsent, match="consent_withdrawn"):
        Discord(
            Connection(address=bench.proxy.url, grants=MemoryGrants(bench.granted()), http=bench.http)
        ).check(now)
