"""Sign-in by the PDS's own page, walked in a real browser on a real PDS, and what must be refused on the way."""

import base64
import contextlib
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from dialoog.core.http import GuardedClient
from dialoog.networks.base import Connection
from dialoog.networks.bluesky import oauth
from dialoog.networks.bluesky.connector import Bluesky
from dialoog.networks.bluesky.consent import ConsentKeeper
from dialoog.networks.bluesky.dpop import new_key, proof
from dialoog.networks.bluesky.identity import home_of
from dialoog.networks.errors import NeedsConsent, Refused, TryLater
from dialoog.networks.grants import Grant, MemoryGrants
from dialoog.networks.tests.conformance import Bench, Conformance
from dialoog.networks.tests.consent_page import answer, landing
from dialoog.networks.values import Message

REDIRECT = "http://127.0.0.1:8000/kanalen/terug/"


@pytest.fixture(scope="session")
def wide(pds):
    """A client that may ask the PDS and its directory of identities."""
    client = GuardedClient(frozenset({pds.url, pds.plc_url}))
    yield client
    client.close()


def begun(http, pds, now, redirect=REDIRECT, handle=""):
    who = oauth.client_id(redirect)
    return oauth.begin(http, pds.url, redirect_uri=redirect, client_id=who, now=now, handle=handle)


def walk(http, pds, person, now, *, agree=True):
    with landing() as redirect:
        started = begun(http, pds, now, redirect, person.handle)
        return started, answer(started.url, person.password, agree=agree)


@pytest.fixture(scope="session")
def consented(pds, person, wide, now_for_all):
    """Somebody who said yes, once for all tests."""
    noor = person("consent")
    started, params = walk(wide, pds, noor, now_for_all)
    grant, profile = oauth.finish(wide, started.secret, params, now=now_for_all, directory=pds.plc_url)
    return noor, started, params, MemoryGrants(grant), profile


class ConsentBench(Bench):
    def __init__(self, person, grants, http):
        self.person, self.grants, self.http = person, grants, http

    def connector(self):
        return Bluesky(Connection(address=self.person.pds.url, grants=self.grants, http=self.http))

    def texts(self):
        return [record["value"]["text"] for record in self.person.posts()]

    def alts(self):
        embeds = [record["value"].get("embed", {}) for record in self.person.posts()]
        return [image["alt"] for embed in embeds for image in embed.get("images", [])]


@pytest.mark.pds
@pytest.mark.browser
class TestBlueskyByConsent(Conformance):
    """All that a connector must do, with a grant that a person gave in a browser."""

    @pytest.fixture
    def bench(self, consented, http):
        noor, _, _, grants, _ = consented
        noor.begin_anew()
        return ConsentBench(noor, grants, http)

    def test_the_profile_is_the_persons_and_the_grant_knows_no_password(self, consented, pds):
        noor, _, _, grants, profile = consented
        assert (profile.id, profile.handle, profile.address) == (noor.did, noor.handle, pds.url)
        held = grants.load()
        assert held.kind == "oauth"
        assert noor.password not in json.dumps(dict(held.data))
        assert held.data["access"] not in repr(held)

    def test_an_ended_token_is_renewed_once_by_twenty_threads(self, bench, now, monkeypatch):
        connector = bench.connector()
        all_prepared = [
            connector.prepare(Message(text=f"Brood {number}"), connector.new_key(now), now)
            for number in range(20)
        ]
        before = bench.grants.load()
        bench.grants.refresh(lambda grant: Grant(grant.kind, {**grant.data, "access": "x.y.z"}))
        renewed, renew = [], ConsentKeeper.renew
        monkeypatch.setattr(ConsentKeeper, "renew", lambda *args: renewed.append(1) or renew(*args))
        threads = [threading.Thread(target=connector.publish, args=(one,)) for one in all_prepared]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(renewed) == 1
        assert len(bench.texts()) == 20
        assert bench.grants.load().data["refresh"] != before.data["refresh"]

    def test_a_token_is_worth_nothing_without_its_key(self, bench, now):
        stolen = bench.grants.load()
        thief = MemoryGrants(Grant(stolen.kind, {**stolen.data, "key": new_key(), "refresh": "unknown"}))
        connector = ConsentBench(bench.person, thief, bench.http).connector()
        with pytest.raises(NeedsConsent):
            connector.check(now)

    def test_a_code_works_once(self, consented, wide, now, pds):
        _, started, params, _, _ = consented
        with pytest.raises(NeedsConsent, match="consent_withdrawn"):
            oauth.finish(wide, started.secret, params, now=now, directory=pds.plc_url)


@pytest.mark.pds
@pytest.mark.browser
def test_a_person_may_say_no(pds, person, wide, now):
    started, params = walk(wide, pds, person("no"), now, agree=False)
    with pytest.raises(NeedsConsent, match="consent_withdrawn"):
        oauth.finish(wide, started.secret, params, now=now, directory=pds.plc_url)


@pytest.mark.pds
@pytest.mark.browser
def test_a_refresh_token_that_was_replaced_ends_the_session(pds, person, http, now):
    """Why only one caller may renew: using the old one again makes the server end it all."""
    noor = person("rotate")
    started, params = walk(http, pds, noor, now)
    # The operator named this PDS, so its own word on who lives there is taken.
    grant, profile = oauth.finish(http, started.secret, params, now=now)
    assert profile.id == noor.did
    keeper = ConsentKeeper()
    fresh = keeper.renew(http, pds.url, grant)
    assert (
        keeper.send(http, fresh, "GET", f"{pds.url}/xrpc/com.atproto.server.getSession", {}, None).status
        == 200
    )
    with pytest.raises(NeedsConsent, match="consent_withdrawn"):
        keeper.renew(http, pds.url, grant)
    with pytest.raises(NeedsConsent, match="consent_withdrawn"):
        keeper.renew(http, pds.url, fresh)


@pytest.mark.pds
@pytest.mark.browser
@pytest.mark.parametrize("secret", ["", "an installation's secret"], ids=["without a key", "with a key"])
def test_an_installation_on_https_shows_who_it_is(pds, person, http, site, now, secret):
    """The PDS fetches our document; with a key in it, nobody else can renew what it gave us."""
    noor = person("https")
    document, redirect = f"{site.address}{len(secret)}/client.json", f"{site.address}kanalen/terug/"
    key = oauth.client_key(secret) if secret else None
    shown = oauth.client_document(document, redirect, key)
    site.documents[f"/{len(secret)}/client.json"] = shown
    where = {"redirect_uri": redirect, "client_id": document, "handle": noor.handle}
    started = oauth.begin(http, pds.url, now=now, key=key, **where)
    params = answer(started.url, noor.password, back=redirect)
    grant, profile = oauth.finish(http, started.secret, params, now=now)
    assert profile.id == noor.did
    if secret:
        thief = Grant(grant.kind, {**grant.data, "client_key": oauth.client_key("another")})
        with pytest.raises((NeedsConsent, Refused)):
            ConsentKeeper().renew(http, pds.url, thief)
    fresh = ConsentKeeper().renew(http, pds.url, grant)
    assert fresh.data["access"] != grant.data["access"]
    assert "d" not in json.dumps(shown.get("jwks", {})).split('"')


def test_the_same_secret_is_the_same_key_and_another_is_another():
    one = oauth.client_key("secret")
    assert one == oauth.client_key("secret")
    assert one["kid"] != oauth.client_key("Secret")["kid"]
    assert set(one) == {"kty", "crv", "x", "y", "d", "kid"}


@pytest.mark.pds
def test_beginning_twice_repeats_nothing(http, pds, now):
    one, two = begun(http, pds, now), begun(http, pds, now)
    assert one.url.startswith(f"{pds.url}/oauth/authorize?")
    assert set(parse_qs(urlsplit(one.url).query)) == {"client_id", "request_uri"}
    for name in ("state", "verifier", "key"):
        assert one.secret[name] != two.secret[name]
    assert one.secret["verifier"] not in repr(one)
    assert json.loads(json.dumps(dict(one.secret))) == one.secret


@pytest.mark.pds
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": "another"}, "wrong_state"),
        ({"state": ""}, "wrong_state"),
        ({"iss": "https://evil.example"}, "wrong_issuer"),
        ({"iss": ""}, "wrong_issuer"),
        ({"error": "access_denied"}, "consent_withdrawn"),
        ({"code": ""}, "consent_withdrawn"),
        ({"code": "made up"}, "consent_withdrawn"),
    ],
)
def test_an_answer_to_something_else_is_refused(http, pds, now, changes, code):
    started = begun(http, pds, now)
    params = {"state": started.state, "iss": pds.url, "code": "c", **changes}
    with pytest.raises((Refused, NeedsConsent), match=code):
        oauth.finish(http, started.secret, params, now=now)


@contextlib.contextmanager
def pretending(answers):
    """A server that answers JSON by path; `{url}` in it becomes its own address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("content-length") or 0))
            found = answers.get(self.path.partition("?")[0])
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(json.dumps(found or {}).replace("{url}", url).encode())

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


PROTECTED, SERVER = "/.well-known/oauth-protected-resource", "/.well-known/oauth-authorization-server"
GOOD = {
    PROTECTED: {"resource": "{url}", "authorization_servers": ["{url}"]},
    SERVER: {
        "issuer": "{url}",
        "authorization_endpoint": "{url}/authorize",
        "token_endpoint": "{url}/token",
        "pushed_authorization_request_endpoint": "{url}/par",
        "dpop_signing_alg_values_supported": ["ES256"],
    },
    "/par": {"request_uri": "urn:x"},
}


@pytest.mark.pds
def test_a_server_can_not_speak_for_somebody_who_lives_elsewhere(pds, person, now):
    """An evil server says that its visitor is Noor; the directory says where Noor lives."""
    noor = person("victim")
    tokens = {
        "access_token": "a",
        "refresh_token": "r",
        "token_type": "DPoP",
        "scope": "atproto",
        "sub": noor.did,
    }
    with pretending({**GOOD, "/token": tokens}) as evil:
        http = GuardedClient(frozenset({evil, pds.url, pds.plc_url}))
        started = oauth.begin(http, evil, redirect_uri=REDIRECT, client_id="x", now=now)
        params = {"state": started.state, "iss": evil, "code": "c"}
        with pytest.raises(NeedsConsent, match="other_account"):
            oauth.finish(http, started.secret, params, now=now, directory=pds.plc_url)
        http.close()


@pytest.mark.parametrize(
    "changes",
    [
        {SERVER: None},
        {SERVER: {**GOOD[SERVER], "issuer": "https://bsky.social"}},
        {SERVER: {**GOOD[SERVER], "dpop_signing_alg_values_supported": ["RS256"]}},
        {SERVER: {**GOOD[SERVER], "token_endpoint": "http://169.254.169.254/token"}},
        {SERVER: {**GOOD[SERVER], "pushed_authorization_request_endpoint": "file:///etc/passwd"}},
        {SERVER: {}},
        {SERVER: {"issuer": 1}},
        {PROTECTED: {"resource": "{url}", "authorization_servers": ["http://10.0.0.1"]}},
        {PROTECTED: {"resource": "{url}", "authorization_servers": []}},
        {PROTECTED: {"resource": "{url}", "authorization_servers": ["{url}", "https://evil.example"]}},
        {PROTECTED: ["rubbish"]},
        {"/par": {}},
        {"/par": None},
    ],
    ids=str,
)
def test_a_server_that_says_odd_things_is_no_way_in(changes, now):
    with pretending({**GOOD, **changes}) as odd:
        http = GuardedClient(frozenset({odd}))
        with pytest.raises((Refused, TryLater)):
            oauth.begin(http, odd, redirect_uri=REDIRECT, client_id="x", now=now)
        http.close()


def test_a_server_says_whether_it_offers_this():
    with pretending(GOOD) as server, pretending({}) as plain:
        http = GuardedClient(frozenset({server, plain}))
        assert oauth.offers(http, server)
        assert not oauth.offers(http, plain)
        http.close()


@pytest.mark.parametrize(
    "did", ["", "x", "did:plc:SHORT", "did:web:127.0.0.1", "did:web:localhost", "did:key:z6Mk"]
)
def test_an_identity_that_leads_nowhere_public_is_nobodys(did):
    http = GuardedClient(timeout=3)
    with pytest.raises((NeedsConsent, Refused, TryLater)):
        home_of(http, did, said_by="https://pds.example", directory="https://127.0.0.1")
    http.close()


def _part(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_proof_is_signed_for_one_request_only():
    key = new_key()
    signed = proof(key, "POST", "https://pds.example/xrpc/a?b=1#c", nonce="n", access="token")
    header, claims, signature = signed.split(".")
    said, head = json.loads(_part(claims)), json.loads(_part(header))
    assert (said["htm"], said["htu"], said["nonce"]) == ("POST", "https://pds.example/xrpc/a", "n")
    assert _part(said["ath"]) == hashlib.sha256(b"token").digest()
    assert (head["typ"], head["alg"], "d" in head["jwk"]) == ("dpop+jwt", "ES256", False)
    x, y = (int.from_bytes(_part(head["jwk"][name])) for name in "xy")
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    raw = _part(signature)
    pair = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public.verify(pair, f"{header}.{claims}".encode(), ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        public.verify(pair, f"{header}.{claims}x".encode(), ec.ECDSA(SHA256()))
    assert proof(key, "POST", "https://pds.example/xrpc/a") != proof(
        key, "POST", "https://pds.example/xrpc/a"
    )


@pytest.mark.parametrize(
    ("redirect", "document", "expected"),
    [
        ("https://d.nl/terug/", "https://d.nl/client.json", "https://d.nl/client.json"),
        (
            "http://127.0.0.1:8000/a/",
            "",
            "http://localhost?redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2Fa%2F&scope=",
        ),
    ],
)
def test_who_we_are_depends_on_where_we_run(redirect, document, expected):
    assert oauth.client_id(redirect, document).startswith(expected)


@pytest.mark.parametrize("redirect", ["http://localhost:8000/a/", "http://10.0.0.1/a/", "http://d.nl/a/"])
def test_without_https_only_loopback_can(redirect):
    with pytest.raises(ValueError, match="127"):
        oauth.client_id(redirect, "http://d.nl/client.json")


def test_the_client_document_names_itself():
    document = oauth.client_document("https://d.nl/client.json", "https://d.nl/terug/")
    assert (document["client_id"], document["client_uri"]) == ("https://d.nl/client.json", "https://d.nl")
    assert document["redirect_uris"] == ["https://d.nl/terug/"]
    assert document["dpop_bound_access_tokens"] is True
