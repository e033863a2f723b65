"""The report on one page, on the screen and as PDF."""

import logging
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dialoog.core.clock import now as read_clock
from dialoog.measurement.rules.periods import Period, period
from dialoog.organisations.access import MemberRequest, screen
from dialoog.reports.pdf import PdfUnavailable, pdf_of
from dialoog.reports.queries import report_of
from dialoog.ui.page import page

log = logging.getLogger(__name__)


@screen("result.view")
@require_GET
def report(request: MemberRequest) -> HttpResponse:
    """Show the report of a period."""
    context = _context(request)
    periods = [("maand", _("This month")), ("kwartaal", _("This quarter")), ("jaar", _("This year"))]
    return page(request, "reports/report.html", {**context, "periods": periods})


@screen("result.view")
@require_GET
def report_pdf(request: MemberRequest) -> HttpResponse:
    """Give the same page as a tagged PDF."""
    context = _context(request)
    html = render_to_string("reports/print.html", context, request)
    try:
        content = pdf_of(html)
    except PdfUnavailable as error:
        log.warning("no PDF: %s", error)
        return page(request, "reports/no_pdf.html", context, status=503)
    name = f"{request.organisation.slug}-{context['report'].period.first:%Y-%m-%d}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _context(request: MemberRequest) -> dict[str, Any]:
    now = read_clock()
    today = timezone.localdate(now, request.organisation.zone)
    chosen: Period = period(request.GET.get("periode", ""), today)
    told = report_of(request.organisation, chosen, now=now)
    return {"report": told, "now": now, "organisation": request.organisation}
