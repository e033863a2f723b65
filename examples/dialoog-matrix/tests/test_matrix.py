"""The example runs the suite that Dialoog's own connectors run."""

from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from dialoog_matrix import Matrix, Token
from stand_in import ROOM, US, Homeserver

from dialoog.networks.registry import connectors
from dialoog.networks.tests.conformance import Conformance, ContractBench, OverTheWire, contract, prepared_by
from dialoog.networks.values import Ref


class MatrixBench(ContractBench):
    publish_path = "/send/m.room.message/"
    states_our_time = False
    kind = Matrix

    def granted(self):
        filled = {"address": self.server.url, "room": ROOM, "token": self.network.token}
        (access,) = Token().connect(filled, self.http, None)
        return access.grant

    def texts(self):
        return [event["content"]["body"] for event in self.network.events if event["content"]]

    def alts(self):
        return []

    def revoke(self):
        self.network.token = "another"


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def bench():
    with contract(Path(__file__).parent / "matrix.json", Homeserver(), MatrixBench) as bench:
        yield bench


class TestMatrix(Conformance, OverTheWire):
    """The common suite."""


def test_dialoog_finds_it_by_its_entry_point():
    assert "matrix" in {point.name for point in entry_points(group="dialoog.networks")}
    assert connectors()["matrix"] is Matrix


def test_answers_and_mentions_come_in(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    start = connector.fetch_incoming("", now).cursor
    answered = {"m.in_reply_to": {"event_id": ref.uri.rpartition("/")[2]}}
    bench.network.add("@bram:example.org", {"msgtype": "m.text", "body": "Lekker?", "m.relates_to": answered})
    bench.network.add("@tom:example.org", {"msgtype": "m.text", "body": f"Vraag het {US}"})
    bench.network.add("@tom:example.org", {"msgtype": "m.text", "body": "Iets anders"})
    found = connector.fetch_incoming(start, now).items
    assert [(item.kind, item.text) for item in found] == [
        ("reply", "Lekker?"),
        ("mention", f"Vraag het {US}"),
    ]
    assert found[0].in_reply_to == Ref(ref.uri)


def test_an_answer_of_ours_stands_under_what_it_answers(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    connector.publish(prepared_by(bench, now, "Ja, heel lekker.", reply_to=ref))
    assert bench.network.events[1]["content"]["m.relates_to"]["m.in_reply_to"] == {"event_id": "$event0"}
