"""What machines ask: life, readiness, figures, and logs that tell no secret."""

import json
import logging
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from pythonjsonlogger.json import JsonFormatter

from dialoog.config import logs
from dialoog.core.clock import frozen
from dialoog.core.clock import now as read_clock
from dialoog.core.models import Heartbeat, Job
from dialoog.core.work.worker import Worker

SECRET = "xoxb-1234567890-abcdefghijklmnopqrstuvwxyz0123456789"


def test_it_lives_without_a_question_to_the_database(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer.headers["Cache-Control"]


def test_it_is_ready_and_says_whether_somebody_works(client, db):
    told = client.get("/readyz").json()
    assert told == {"ready": True, "database": True, "tables": True, "worker": False}
    worker = Worker()
    worker._beat(read_clock())
    assert client.get("/readyz").json()["worker"]
    with frozen(read_clock() + timedelta(minutes=1)):
        assert not client.get("/readyz").json()["worker"]
    worker.owner.end()


def test_tables_of_another_version_are_not_ready(client, db):
    MigrationRecorder.Migration.objects.filter(app="core").order_by("-name").first().delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["tables"]) == (503, False)


def test_a_database_that_is_away_is_not_ready(client, db, monkeypatch):
    def away():
        raise DatabaseError("no route")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", away)
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        503,
        {"ready": False, "database": False, "tables": False, "worker": False},
    )


def test_a_worker_that_ends_takes_its_heartbeat_along_and_old_ones_go(db):
    now = read_clock()
    Heartbeat.objects.create(name="long gone", at=now - timedelta(minutes=6))
    worker = Worker()
    worker._beat(now)
    assert Heartbeat.objects.get().name == worker.owner.name
    worker.stop()
    worker.run()
    assert not Heartbeat.objects.exists()


def test_figures_are_those_of_the_database(client, db):
    now = read_clock()
    for number in range(3):
        Job.objects.create(
            kind="k", key=f"k{number}", state="waiting", due_at=now - timedelta(seconds=60), created_at=now
        )
    told = client.get("/metrics").text
    assert 'dialoog_jobs{state="waiting"} 3.0' in told
    assert "dialoog_workers 0.0" in told
    (waited,) = [line for line in told.splitlines() if line.startswith("dialoog_oldest_job_seconds ")]
    assert float(waited.split()[1]) >= 60


@pytest.mark.parametrize(
    ("token", "headers", "from_where", "status"),
    [
        ("", {}, "127.0.0.1", 200),
        ("", {}, "::1", 200),
        ("", {}, "192.0.2.7", 403),
        ("", {"x-forwarded-for": "127.0.0.1"}, "127.0.0.1", 403),
        ("a-token", {}, "127.0.0.1", 403),
        ("a-token", {"authorization": "Bearer another"}, "127.0.0.1", 403),
        ("a-token", {"authorization": "Bearer a-token", "x-forwarded-for": "192.0.2.7"}, "127.0.0.1", 200),
    ],
)
def test_figures_are_for_who_may(client, db, settings, *, token, headers, from_where, status):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=from_where).status_code == status


def test_a_request_has_a_name_that_comes_back(client, db):
    given = client.get("/healthz", headers={"x-request-id": "from-the-proxy-1"})
    assert given.headers["X-Request-Id"] == "from-the-proxy-1"
    made = client.get("/healthz", headers={"x-request-id": "no\tgood"})
    assert len(made.headers["X-Request-Id"]) == 16


@pytest.mark.parametrize(
    "said",
    [
        f"refused: Bearer {SECRET}",
        f'{{"access_token": "{SECRET}"}}',
        f"https://api.example/?token={SECRET}",
        "password=hunter22 and more",
        SECRET,
    ],
)
def test_a_secret_that_slips_into_a_line_is_taken_out(said):
    record = logging.LogRecord("a", logging.WARNING, "f", 1, "it said: %s", (said,), None)
    assert logs.Context().filter(record)
    assert "…" in record.getMessage()
    assert SECRET not in record.getMessage()
    assert "hunter22" not in record.getMessage()


def test_plain_words_stay():
    record = logging.LogRecord("a", logging.WARNING, "f", 1, "delivery %s broke at %s", (17, "sending"), None)
    logs.Context().filter(record)
    assert record.getMessage() == "delivery 17 broke at sending"


def test_lines_for_machines_are_json(capsys):
    form = logs.settings_for("INFO", "json")["formatters"]["json"]
    record = logging.LogRecord("dialoog", logging.WARNING, "f", 1, "it broke", (), None)
    logs.Context().filter(record)
    told = json.loads(JsonFormatter(form["format"], timestamp=form["timestamp"]).format(record))
    assert (told["message"], told["levelname"], told["request_id"]) == ("it broke", "WARNING", "")
    assert "timestamp" in told
