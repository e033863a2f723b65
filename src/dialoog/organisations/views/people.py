"""The pages of people: who is here, what they may do, and who is invited."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict, Invalid
from dialoog.organisations import actions
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.devices import ways_of
from dialoog.organisations.forms import DepartmentForm, InviteForm, MemberForm
from dialoog.organisations.labels import ROLE_LABELS, ROLE_MEANINGS
from dialoog.organisations.models import Department, Invitation, Member
from dialoog.organisations.queries import departments, everybody, open_invitations
from dialoog.organisations.roles import Role, may
from dialoog.organisations.sentences import sentence
from dialoog.ui.page import page

MEANINGS = {role.value: meaning for role, meaning in ROLE_MEANINGS.items()}


@screen("people.view")
@require_GET
def people(request: MemberRequest) -> HttpResponse:
    """Show everybody, the invitations that are open, and the departments."""
    return page(request, "organisations/people.html", _context(request, DepartmentForm()))


@screen("people.manage")
@require_POST
def department_new(request: MemberRequest) -> HttpResponse:
    """Add a department."""
    form = DepartmentForm(request.POST)
    if form.is_valid():
        try:
            actions.add_department(request.member, name=form.cleaned_data["name"], now=read_clock())
        except Invalid as error:
            form.refuse(error)
        else:
            return _back(request, _("The department has been added."))
    return page(request, "organisations/people.html", _context(request, form))


@screen("people.manage")
@require_POST
def department_remove(request: MemberRequest, department_id: int) -> HttpResponse:
    """Remove a department."""
    found = get_object_or_404(Department, pk=department_id)
    actions.remove_department(request.member, department=found, now=read_clock())
    return _back(request, _("The department has been removed."))


@screen("people.manage")
@require_http_methods(["GET", "POST"])
def invite(request: MemberRequest) -> HttpResponse:
    """Make an invitation and show its link, once."""
    form = InviteForm(request.POST or None, initial={"roles": ["editor"]}, departments=_departments())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        department = get_object_or_404(Department, pk=data["department"]) if data["department"] else None
        try:
            made, token = actions.invite(
                request.member,
                email=data["email"],
                roles=data["roles"],
                department=department,
                now=read_clock(),
            )
        except Invalid as error:
            form.refuse(error)
        else:
            link = request.build_absolute_uri(reverse("organisations:join", args=[token]))
            return page(request, "organisations/invited.html", {"invitation": made, "link": link})
    return page(request, "organisations/invite.html", {"form": form, "meanings": MEANINGS})


@screen("people.manage")
@require_POST
def invitation_withdraw(request: MemberRequest, invitation_id: int) -> HttpResponse:
    """Close an invitation."""
    found = get_object_or_404(Invitation, pk=invitation_id)
    actions.withdraw_invitation(request.member, invitation=found, now=read_clock())
    return _back(request, _("The invitation has been withdrawn: the link no longer works."))


@screen("people.manage")
@require_http_methods(["GET", "POST"])
def person(request: MemberRequest, member_id: int) -> HttpResponse:
    """Change what somebody may do, and where they work."""
    found = get_object_or_404(Member.objects.select_related("user", "department"), pk=member_id)
    initial = {"roles": [role.value for role in found.roles], "department": found.department_id}
    form = MemberForm(request.POST or None, initial=initial, departments=_departments())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        department = get_object_or_404(Department, pk=data["department"]) if data["department"] else None
        try:
            actions.change_member(
                request.member, member=found, roles=data["roles"], department=department, now=read_clock()
            )
        except Invalid as error:
            form.refuse(error)
        except Conflict as error:
            form.add_error("roles", sentence(error))
        else:
            return _back(request, _("The roles have been changed."))
    return page(
        request,
        "organisations/person.html",
        {"person": found, "form": form, "meanings": MEANINGS, "ways": ways_of(found.user)},
    )


@screen("people.manage")
@require_POST
def person_leave(request: MemberRequest, member_id: int) -> HttpResponse:
    """Let somebody go."""
    found = get_object_or_404(Member, pk=member_id)
    try:
        actions.deactivate_member(request.member, member=found, now=read_clock())
    except Conflict as error:
        messages.error(request, sentence(error))
        return _back(request, "")
    return _back(request, _("This person no longer has access, and has been signed out."))


@screen("people.manage")
@require_POST
def person_return(request: MemberRequest, member_id: int) -> HttpResponse:
    """Let somebody in again."""
    found = get_object_or_404(Member, pk=member_id)
    actions.reactivate_member(request.member, member=found, now=read_clock())
    return _back(request, _("This person has access again."))


@screen("people.manage")
@require_POST
def person_password(request: MemberRequest, member_id: int) -> HttpResponse:
    """Make a link for a new password and show it, once."""
    found = get_object_or_404(Member.objects.select_related("user"), pk=member_id)
    try:
        path = actions.password_link(request.member, member=found, now=read_clock())
    except Conflict as error:
        messages.error(request, sentence(error))
        return _back(request, "")
    link = request.build_absolute_uri(path)
    return page(request, "organisations/password_link.html", {"person": found, "link": link})


@screen("people.manage")
@require_POST
def person_devices(request: MemberRequest, member_id: int) -> HttpResponse:
    """Take away the passkeys and codes of somebody who lost them."""
    found = get_object_or_404(Member.objects.select_related("user"), pk=member_id)
    try:
        actions.forget_devices(request.member, member=found, now=read_clock())
    except Conflict as error:
        messages.error(request, sentence(error))
        return _back(request, "")
    return _back(request, _("The passkeys and codes are gone. The password alone is enough again."))


def _context(request: MemberRequest, form: DepartmentForm) -> dict[str, object]:
    rows = [(one, _role_words(one)) for one in everybody()]
    return {
        "active": [row for row in rows if row[0].is_active],
        "left": [row for row in rows if not row[0].is_active],
        "invitations": open_invitations(now=read_clock()),
        "departments": departments(),
        "form": form,
        "may_manage": may(request.member, "people.manage"),
    }


def _role_words(member: Member) -> str:
    return ", ".join(str(ROLE_LABELS[role]) for role in Role if role in member.roles)


def _departments() -> list[tuple[int, str]]:
    return [(one.pk, one.name) for one in departments()]


def _back(request: MemberRequest, text: str) -> HttpResponse:
    if text:
        messages.success(request, text)
    return HttpResponseRedirect(reverse("organisations:people", args=[request.organisation.slug]), status=303)
