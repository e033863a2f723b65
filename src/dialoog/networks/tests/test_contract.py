"""The stand-in itself: it must find fault with what the description doesn't allow, also in its own answers."""

import json

import pytest

from dialoog.core.http import GuardedClient
from dialoog.networks.tests.contract import Answer, standing_in
from dialoog.networks.tests.contracts.discord import Discord

PATH = "/api/webhooks/100000000000000003/" + "t" * 68


@pytest.fixture
def server():
    with standing_in("discord", Discord()) as server:
        yield server


def _send(server, path=PATH, **body):
    http = GuardedClient(frozenset({server.url}))
    try:
        return http.request("POST", f"{server.url}{path}", json=body)
    finally:
        http.close()


def test_what_the_description_allows_is_done(server):
    assert json.loads(_send(server, content="Vers brood").body)["content"] == "Vers brood"
    assert server.violations == []


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        (PATH, {"content": "a" * 2001}, "Request body validation error"),
        (PATH, {"content": "Vers brood", "tts": True}, "tts"),
        (PATH, {"content": "hoi", "allowed_mentions": {"parse": ["everyone"]}}, "parse"),
        ("/api/elsewhere", {"content": "Vers brood"}, "/api/elsewhere"),
        (f"{PATH}?wait=perhaps", {"content": "Vers brood"}, "perhaps"),
    ],
)
def test_what_it_does_not_allow_is_a_violation(server, path, body, said):
    assert _send(server, path, **body).status == 400
    assert said in " ".join(server.violations)
    assert server.network.messages == {}


def test_an_answer_of_ours_that_the_network_would_not_give_is_one_too(server):
    server.network.execute = lambda _: Answer(200, {"id": 5})
    _send(server, content="Vers brood")
    assert "our answer" in server.violations[0]
