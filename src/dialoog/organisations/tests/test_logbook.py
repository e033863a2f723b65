"""The log as people read it: words for fields and values, and nothing that only machines tell apart."""

import pytest
from django.utils import timezone
from django.utils.translation import override

from dialoog.organisations.actions import change_settings
from dialoog.organisations.audit import record
from dialoog.organisations.logbook import log_page
from dialoog.organisations.models import AuditEntry

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture(autouse=True)
def _dutch():
    with override("nl"), timezone.override("Europe/Amsterdam"):
        yield


@pytest.mark.parametrize(
    ("field", "before", "after", "told"),
    [
        ("roles", ["reader"], ["approver", "owner"], ("rollen", "lezer", "akkoordgever, eigenaar")),
        ("state", "sending", "published", ("staat", "wordt verstuurd", "geplaatst")),
        ("is_public", True, False, ("voor iedereen open", "ja", "nee")),
        ("due_on", "", "2026-12-31", ("laatste dag", "", "31 dec 2026")),
        ("due_at", "", "2026-11-26T09:30:00+00:00", ("tijdstip", "", "do 26 nov 10:30")),
        ("opening_hours", [], [[["09:00", "12:00"]], []], ("openingstijden", "", "09:00-12:00, -")),
        ("params", {}, {"roles": ["service"]}, ("waar hij op let", "", "rollen: service")),
        ("title", "<b>", "2026-99-99", ("titel", "<b>", "2026-99-99")),
    ],
)
def test_fields_and_values_are_told_in_words(noor, now, field, before, after, told):
    record(
        noor,
        "goal.changed",
        kind="goal",
        subject="Doel",
        now=now,
        before={field: before},
        after={field: after},
    )
    assert log_page().lines[0].changes == [told]


def test_what_is_empty_or_only_for_machines_is_left_out(noor, now):
    after = {"key": "078a", "email": "", "goal": None, "note": "Kort."}
    record(noor, "goal.changed", kind="goal", subject="Doel", now=now, after=after)
    assert log_page().lines[0].changes == [("notitie", "", "Kort.")]
    assert AuditEntry.objects.get().after["key"] == "078a"


def test_saving_the_same_settings_tells_nothing(noor, now):
    change_settings(noor, values={"name": noor.organisation.name}, now=now)
    assert not AuditEntry.objects.exists()
    change_settings(noor, values={"name": "De Korenaar"}, now=now)
    assert log_page().lines[0].changes == [("naam", "Bakkerij De Korenaar", "De Korenaar")]
