"""What check-config says of mail, and that a start with impossible settings ends in one sentence."""

import pytest

from dialoog.config import checks
from dialoog.config.command import main


def _mail(tmp_path, monkeypatch, **said):
    for name in ("HOST", "USER", "PASSWORD"):
        monkeypatch.delenv(f"DIALOOG_SMTP_{name}", raising=False)
    monkeypatch.setenv("DIALOOG_MAIL_FROM", "dialoog@example.org")
    for name, value in said.items():
        monkeypatch.setenv(f"DIALOOG_{name}", value)
    (found,) = [one for one in checks.look(tmp_path) if "mail" in one.text.lower() or "SMTP" in one.text]
    return found


@pytest.mark.parametrize(
    ("said", "level", "words"),
    [
        ({}, "warning", "No mail server"),
        ({"SMTP_HOST": "mail.example.org"}, "good", "mail.example.org, port 587, as dialoog@example.org"),
        ({"SMTP_HOST": "mail.example.org:x"}, "bad", "no such port"),
        ({"SMTP_HOST": "mail.example.org", "SMTP_USER": "dialoog"}, "bad", "belong together"),
        ({"SMTP_HOST": "mail.example.org", "MAIL_FROM": ""}, "bad", "DIALOOG_MAIL_FROM is missing"),
        (
            {"SMTP_HOST": "mail.example.org:25", "SMTP_USER": "dialoog", "SMTP_PASSWORD": "hush-hush"},
            "bad",
            "in the open",
        ),
        ({"SMTP_HOST": "localhost:25", "SMTP_USER": "d", "SMTP_PASSWORD": "hush-hush"}, "good", "localhost"),
    ],
)
def test_the_server_is_told_in_one_line(tmp_path, monkeypatch, said, level, words):
    found = _mail(tmp_path, monkeypatch, **said)
    assert found.level == level
    assert words in found.text
    assert "hush-hush" not in found.text


@pytest.mark.parametrize("command", ["up", "web"])
@pytest.mark.parametrize(
    ("name", "value"), [("DIALOOG_SMTP_HOST", "mail.example.org:x"), ("DIALOOG_DATABASE", "mysql://x/y")]
)
def test_a_start_with_impossible_settings_is_one_sentence(tmp_path, monkeypatch, capfd, command, name, value):
    monkeypatch.setenv("DIALOOG_DATA", str(tmp_path / "data"))
    monkeypatch.setenv(name, value)
    assert main([command, "--port", "0"]) == 1
    told = capfd.readouterr().err
    assert told.startswith(f"Dialoog: {name} ")
    assert told.count("\n") == 1
