"""Mattermost's webhooks against a stand-in that holds each request against their description."""

import pytest

from dialoog.networks.base import Connection
from dialoog.networks.errors import NeedsConsent, Refused, TryLater
from dialoog.networks.grants import MemoryGrants
from dialoog.networks.mattermost import Mattermost, Webhook
from dialoog.networks.tests.conformance import Conformance, ContractBench, OverTheWire, contract, prepared_by
from dialoog.networks.tests.contracts.mattermost import Mattermost as Truth
from dialoog.networks.values import Link


class MattermostBench(ContractBench):
    publish_path = "/hooks/"
    kind = Mattermost

    def granted(self, address=""):
        filled = {"webhook": address or f"{self.proxy.url}/hooks/{self.network.id}", "name": "Nieuws"}
        (access,) = Webhook().connect(filled, self.http, None)
        return access.grant

    def texts(self):
        return self.network.posts

    def alts(self):
        return []

    def revoke(self):
        self.network.is_withdrawn = True


@pytest.fixture
def bench():
    with contract("mattermost", Truth(), MattermostBench) as bench:
        yield bench


class TestMattermost(Conformance, OverTheWire):
    """The common suite."""


def test_looking_whether_it_works_posts_nothing(bench, now):
    profile = bench.connector().check(now)
    assert (profile.name, bench.texts()) == ("Nieuws", [])
    assert bench.network.id not in repr(profile)
    bench.network.trouble = ("web.incoming_webhook.channel_locked.app_error", 403)
    assert bench.connector().check(now) == profile


def test_a_server_that_takes_any_channel_is_not_trusted(bench, now):
    bench.fail("/hooks/", status=200, body=b"ok")
    with pytest.raises(TryLater, match="unreadable_answer"):
        bench.connector().check(now)


@pytest.mark.parametrize("call", ["@all", "@Channel", "@here", "<!channel>", "<!here>"])
def test_nobody_is_woken_by_a_message(bench, now, call):
    bench.connector().publish(prepared_by(bench, now, f"{call} Vers brood, ook @hereford en a@all.nl"))
    assert bench.network.woken == 0
    (text,) = bench.texts()
    assert text.replace("\u200b", "") == f"{call} Vers brood, ook @hereford en a@all.nl"
    assert "@hereford en a@all.nl" in text


def test_a_link_stands_under_the_text_and_counts(bench, now):
    link = Link("https://x.nl/brood", "Recept")
    bench.connector().publish(prepared_by(bench, now, link=link))
    bench.connector().publish(prepared_by(bench, now, "Zie https://x.nl/brood", link=link))
    assert bench.texts() == ["Vers brood\n\nhttps://x.nl/brood", "Zie https://x.nl/brood"]
    with pytest.raises(Refused, match="text_too_long"):
        prepared_by(bench, now, "a" * 16_383, link=link)


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (("web.incoming_webhook.invalid.app_error", 400), "consent_withdrawn"),
        (("web.incoming_webhook.disabled.app_error", 501), "hooks_disabled"),
        (("app.channel.get.existing.app_error", 404), "channel_gone"),
        (("web.incoming_webhook.permissions.app_error", 403), "not_permitted"),
    ],
)
def test_what_only_a_person_can_mend_says_so(bench, now, trouble, code):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    bench.network.trouble = trouble
    for ask in (lambda: connector.publish(prepared), lambda: connector.check(now)):
        with pytest.raises(NeedsConsent, match=code):
            ask()


@pytest.mark.parametrize(
    "address",
    [
        "https://chat.nl/hooks/short",
        "https://chat.nl/" + "w" * 26,
        "nonsense",
        f"https://a@b.nl/hooks/{'w' * 26}",
    ],
)
def test_another_address_is_refused_in_words(bench, address):
    with pytest.raises(Refused, match="webhook_unreadable"):
        bench.granted(address)
    assert Mattermost.errors["webhook_unreadable"].nl


def test_an_address_without_encryption_is_refused(bench):
    with pytest.raises(Refused, match="address_not_safe"):
        bench.granted(f"http://chat.nl/hooks/{'w' * 26}")


def test_a_server_in_a_folder(bench):
    filled = {"webhook": f"https://werk.nl/chat/hooks/{'w' * 26}", "name": "Nieuws"}
    (access,) = Webhook().connect(filled, bench.http, None)
    assert access.address == "https://werk.nl/chat"


def test_the_address_is_in_no_repr(bench, now):
    held = Connection(address=bench.proxy.url, grants=MemoryGrants(bench.granted()), http=bench.http)
    assert bench.network.id not in repr((held, bench.granted(), prepared_by(bench, now)))
