"""Mastodon against a real server of its interface, through the common suite and on what is its own."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from dialoog.core.http import GuardedClient
from dialoog.networks import oauth2
from dialoog.networks.base import Connection
from dialoog.networks.errors import NeedsConsent, Refused
from dialoog.networks.grants import Grant, MemoryGrants
from dialoog.networks.mastodon.connector import Mastodon
from dialoog.networks.mastodon.ways import SignIn, Token
from dialoog.networks.tests.conformance import (
    Conformance,
    OverTheWire,
    WireBench,
    image,
    nobody_there,
    prepared_by,
)
from dialoog.networks.tests.conftest import load_server
from dialoog.networks.tests.fault_proxy import Fault, standing_before
from dialoog.networks.values import Message, Ref
from dialoog.networks.ways import Site

BACK = "http://127.0.0.1:9/koppelen/mastodon/terug/"


@pytest.fixture
def now():
    """The server keeps its own time, so the real one."""
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def mastodon():
    with load_server("mastodon_server").running() as server:
        yield server


@pytest.fixture(scope="session")
def proxy(mastodon):
    with standing_before(mastodon.url) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def door(mastodon, proxy):
    client = GuardedClient(frozenset({proxy.url, mastodon.url}))
    yield client
    client.close()


class MastodonBench(WireBench):
    publish_path = "/api/v1/statuses"
    states_our_time = False
    media_by_content = False
    looks_by_key = False

    def __init__(self, server, proxy, http):
        self.server, self.proxy, self.http = server, proxy, http
        self.person, self.calls = server.person(), proxy.calls
        self.grants = MemoryGrants(Grant("token", {"access": self.person.token}))

    def connector(self, address=None, http=None):
        held = Connection(address=address or self.proxy.url, grants=self.grants, http=http or self.http)
        return Mastodon(held)

    def texts(self):
        return [self.server.source(post, self.person) for post in self.server.posts(self.person)]

    def alts(self):
        posts = self.server.posts(self.person)
        return [one["description"] for post in posts for one in post["media_attachments"]]

    def fail(self, path, **fault):
        self.proxy.fail(Fault(path, **fault))

    def heal(self):
        self.proxy.fail(None)

    def secret(self):
        return self.person.token

    def unreachable(self):
        address, http = nobody_there()
        return self.connector(address, http)

    def revoke(self):
        self.grants.refresh(lambda grant: Grant(grant.kind, {"access": "no-longer-good-for-anything"}))


@pytest.fixture
def bench(mastodon, proxy, door):
    proxy.fail(None)
    return MastodonBench(mastodon, proxy, door)


class TestMastodon(Conformance, OverTheWire):
    """The common suite."""


def test_somebody_who_answers_and_likes_comes_in(bench, mastodon, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    reader = mastodon.person()
    start = connector.fetch_incoming("", now).cursor
    text = f"@{bench.person.username} Is er ook speltbrood?"
    mastodon.call("POST", "/api/v1/statuses", reader.token, status=text, in_reply_to_id=ref.cid)
    mastodon.call("POST", f"/api/v1/statuses/{ref.cid}/favourite", reader.token)
    mastodon.call("POST", f"/api/v1/statuses/{ref.cid}/reblog", reader.token)
    mastodon.call("POST", "/api/v1/statuses", reader.token, status=f"Kijk eens @{bench.person.username}")
    mastodon.call("POST", f"/api/v1/accounts/{bench.person.id}/follow", reader.token)
    fetched = connector.fetch_incoming(start, now)
    assert sorted(item.kind for item in fetched.items) == ["follow", "like", "mention", "reply", "repost"]
    reply = next(item for item in fetched.items if item.kind == "reply")
    assert (reply.text, reply.in_reply_to, reply.author.name) == (text, ref, reader.username)
    assert connector.fetch_incoming(fetched.cursor, now).items == []
    (counted,) = connector.post_metrics([ref], now).values()
    assert counted.counts == {"likes": 1, "reposts": 1, "replies": 1}


def test_an_answer_names_who_it_answers_and_stays_as_private(bench, mastodon, now):
    connector = bench.connector()
    reader = mastodon.person()
    asked = mastodon.call(
        "POST",
        "/api/v1/statuses",
        reader.token,
        status=f"@{bench.person.username} Zijn jullie open?",
        visibility="direct",
    )
    ref = Ref(asked["uri"], asked["id"], asked["url"])
    prepared = prepared_by(bench, now, "Tot zes uur.", reply_to=ref)
    published = connector.publish(prepared)
    shown = mastodon.call("GET", f"/api/v1/statuses/{published.ref.cid}", bench.person.token)
    assert (shown["in_reply_to_id"], shown["visibility"]) == (asked["id"], "direct")
    assert bench.texts() == [f"@{reader.username} Tot zes uur."]
    assert connector.find(prepared) == published


def test_a_mention_counts_without_its_server_and_a_link_as_23(bench):
    connector = bench.connector()
    assert connector.length("@bakker@mastodon.nl hoi") == len("@bakker hoi")
    link = "https://www.voorbeeld.nl/" + "a" * 600
    assert connector.validate(Message(text=f"{'b' * 476} {link}")) == ()
    assert connector.validate(Message(text=f"{'b' * 477} {link}"))[0].code == "text_too_long"


def test_the_servers_own_limits_hold(bench, now):
    told = bench.connector().check(now).limits
    assert told["text_limit"] == 500
    held = Connection(
        address=bench.proxy.url, grants=bench.grants, http=bench.http, limits={"text_limit": 5000}
    )
    assert Mastodon(held).validate(Message(text="a" * 5000)) == ()


def test_the_same_text_with_another_number_of_images_is_not_ours(bench, now):
    connector = bench.connector()
    connector.publish(prepared_by(bench, now))
    assert connector.find(prepared_by(bench, now, images=(image(),))) is None


def test_what_the_interface_returns_in_a_replay_is_the_first_post(bench, now):
    """A lost answer, then the same once more: the network's own list shows one."""
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    for _ in range(3):
        connector.publish(prepared)
    assert bench.texts() == ["Vers brood"]
    assert not connector.capabilities.may_send_again(timedelta(minutes=51))


def _site():
    return Site(redirect_uri=BACK, address="http://127.0.0.1:9")


def test_signing_in_at_the_server(bench, mastodon, door, now):
    begun = SignIn().begin({"address": mastodon.url}, _site(), door, now)
    asked = parse_qs(urlsplit(begun.url).query)
    assert (asked["redirect_uri"], asked["code_challenge_method"]) == ([BACK], ["S256"])
    form = "&".join(f"{name}={asked[name][0]}" for name in ("client_id", "state"))
    answer = door.request(
        "POST",
        f"{mastodon.url}/oauth/authorize",
        headers={"content-type": "application/x-www-form-urlencoded"},
        content=f"{form}&username={bench.person.username}&redirect_uri={BACK}".encode(),
    )
    came_back = {
        name: value[0] for name, value in parse_qs(urlsplit(answer.headers["location"]).query).items()
    }
    (access,) = SignIn().finish(begun.secret, came_back, door, now)
    held = Connection(address=access.address, grants=MemoryGrants(access.grant), http=door)
    assert Mastodon(held).check(now).handle.startswith(f"{bench.person.username}@127.0.0.1")
    with pytest.raises(Refused, match="wrong_state"):
        SignIn().finish(begun.secret, {**came_back, "state": "another"}, door, now)
    with pytest.raises(NeedsConsent, match="consent_withdrawn"):
        SignIn().finish(begun.secret, {"state": begun.state, "error": "access_denied"}, door, now)


def test_a_token_that_somebody_pastes(bench, mastodon, door, now):
    filled = {"address": mastodon.url, "token": bench.person.token}
    (access,) = Token().connect(filled, door, now)
    held = Connection(address=access.address, grants=MemoryGrants(access.grant), http=door)
    assert Mastodon(held).check(now).name == bench.person.username


def test_secrets_are_in_no_repr(bench, mastodon, door, now):
    begun = SignIn().begin({"address": mastodon.url}, _site(), door, now)
    assert begun.secret["client_secret"] not in repr(begun)
    assert begun.secret["client_secret"] not in repr(oauth2.App("id", begun.secret["client_secret"]))
