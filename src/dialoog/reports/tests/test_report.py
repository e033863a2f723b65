from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from dialoog.core.money import Money
from dialoog.measurement.actions.books import log_hours, set_rate

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def spent(inside, noor, now):
    set_rate(noor, per_hour=Money(Decimal(50)), starts_on=date(2026, 1, 1), now=now)
    log_hours(noor, day=date(2026, 11, 2), minutes=90, activity="making", now=now)


@pytest.mark.usefixtures("spent")
def test_the_report_says_what_it_cost_on_screen_and_in_a_tagged_pdf(noor, korenaar, browse, now, monkeypatch):
    monkeypatch.setattr("dialoog.reports.views.read_clock", lambda: now)
    client = browse(noor)
    page = client.get(reverse("reports:report", args=[korenaar.slug])).content.decode()
    assert "75,00" in page
    answer = client.get(reverse("reports:pdf", args=[korenaar.slug]))
    assert answer["Content-Type"] == "application/pdf"
    pdf = PdfReader(BytesIO(answer.content))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "nl"
    assert len(pdf.pages) == 1
    assert "75,00" in pdf.pages[0].extract_text()


def test_an_empty_report_admits_that_it_knows_nothing(noor, korenaar, browse):
    page = browse(noor).get(reverse("reports:report", args=[korenaar.slug])).content.decode()
    assert "onbekend" in page
