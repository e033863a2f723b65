"""The versions: the handbook that people read and accept, what changed, and who has read it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict, Invalid
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.roles import may
from dialoog.policy import actions, queries
from dialoog.policy.changes import shown_changes
from dialoog.policy.forms import PublishForm
from dialoog.policy.models import PolicyVersion
from dialoog.policy.views.places import places
from dialoog.policy.words import refusal
from dialoog.ui.formats import day_year
from dialoog.ui.page import page
from dialoog.ui.rows import Cell, Column, State, Table, TableRow


@screen("policy.edit")
@require_POST
def start(request: MemberRequest) -> HttpResponse:
    """Begin with the starter rules."""
    actions.install_starter_policy(request.member, now=read_clock())
    return _to(request, "policy")


@screen("policy.view")
@require_GET
def handbook(request: MemberRequest) -> HttpResponse:
    """Show the policy in force, to read, to print and to accept."""
    version = queries.version_in_force()
    context: dict[str, Any] = {
        "version": version,
        "places": places(request, "handbook"),
        "may_accept": may(request.member, "policy.accept"),
    }
    if version is not None:
        context |= {
            "rules": queries.handbook_rules(version),
            "accepted_at": queries.accepted_at(request.member, version),
        }
    return page(request, "policy/handbook.html", context)


@screen("policy.accept")
@require_POST
def accept(request: MemberRequest) -> HttpResponse:
    """Accept the version that was on the screen."""
    number = request.POST.get("version", "")
    version = get_object_or_404(PolicyVersion, number=int(number) if number.isdecimal() else 0)
    try:
        actions.accept_version(request.member, version=version, now=read_clock())
    except Conflict as error:
        messages.warning(request, refusal(error.code))
    else:
        messages.success(request, _("Thank you. You have read and accepted this version."))
    return _to(request, "handbook")


@screen("policy.view")
@require_GET
def version_list(request: MemberRequest) -> HttpResponse:
    """Show all versions."""
    slug = request.organisation.slug
    rows = [
        TableRow(
            cells=(
                Cell(
                    text=_("Version {number}").format(number=one.number),
                    url=reverse("policy:version", args=[slug, one.number]),
                ),
                day_year(one.published_at),
                str(one.published_by or ""),
                one.note,
                str(one.accepted),  # type: ignore[attr-defined] # annotated by the query
            )
        )
        for one in queries.versions()
    ]
    columns = (
        Column(label=_("Version")),
        Column(label=_("In force since")),
        Column(label=_("Published by")),
        Column(label=_("What changed")),
        Column(label=_("Readers"), is_number=True),
    )
    table = Table(caption=_("Versions of the policy"), columns=columns, rows=rows)
    context = {"table": table, "has_rows": bool(rows), "places": places(request, "versions")}
    return page(request, "policy/versions.html", context)


@screen("policy.edit")
@require_http_methods(["GET", "POST"])
def version_new(request: MemberRequest) -> HttpResponse:
    """Compare the draft with what is in force, and publish it."""
    form = PublishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.publish_policy(request.member, note=form.cleaned_data["note"], now=read_clock())
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            messages.success(request, _("The new version is in force. Colleagues are asked to read it."))
            return _to(request, "policy")
    context = {"form": form, "changes": shown_changes(queries.draft_changes())}
    return page(request, "policy/version_new.html", context)


@screen("policy.view")
@require_GET
def version(request: MemberRequest, number: int) -> HttpResponse:
    """Show one version: its note, what it changed, its rules."""
    found = PolicyVersion.objects.select_related("published_by__user").filter(number=number).first()
    if found is None:
        raise Http404
    context = {
        "version": found,
        "changes": shown_changes(queries.changes_in(found)) if number > 1 else [],
        "rules": queries.handbook_rules(found),
    }
    return page(request, "policy/version.html", context)


@screen("people.view")
@require_GET
def readers(request: MemberRequest) -> HttpResponse:
    """Show who accepted the version in force and who has not."""
    version = queries.version_in_force()
    found = queries.readers(version) if version else None
    context: dict[str, Any] = {
        "version": version,
        "found": found,
        "table": _readers_table(found) if found else None,
        "places": places(request, "readers"),
    }
    return page(request, "policy/readers.html", context)


def _readers_table(found: Any) -> Table:
    waiting = State(label=_("Not yet"), tone="warn", icon="hourglass")
    rows = [
        TableRow(cells=(str(member), str(member.department or ""), Cell(state=waiting)))
        for member in found.waiting
    ]
    for member, at in found.accepted:
        done = State(label=_("Read on {day}").format(day=day_year(at)), tone="good", icon="circle-check")
        rows.append(TableRow(cells=(str(member), str(member.department or ""), Cell(state=done))))
    columns = (
        Column(label=_("Colleague")),
        Column(label=_("Department")),
        Column(label=pgettext("policy", "Read")),
    )
    return Table(caption=_("Who has read the policy"), columns=columns, rows=rows)


def _to(request: MemberRequest, name: str) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"policy:{name}", args=[request.organisation.slug]), status=303)
