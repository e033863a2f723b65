"""Everything that changes organisations and people."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django_scopes import scope, scopes_disabled

from dialoog.core.clock import zone_named
from dialoog.core.errors import Conflict, Invalid, NotFound
from dialoog.core.hours import parse_openings
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import (
    Department,
    Invitation,
    Member,
    Organisation,
    RoleGrant,
    SetupLink,
    User,
)
from dialoog.organisations.roles import Role
from dialoog.organisations.tokens import digest, new_token

INVITATION_LIVES: Final = timedelta(days=14)
SETUP_LINK_LIVES: Final = timedelta(days=7)
MOST_PROMISED: Final = 10 * 24 * 60


def new_setup_link(*, now: datetime) -> str:
    """Return a one-time token for the first owner; empty when somebody owns an organisation here already.

    Every start makes a new link, so that the one on the screen always works; older ones no longer open.
    """
    with transaction.atomic(), scopes_disabled():
        if RoleGrant.objects.filter(role=Role.OWNER.value, member__is_active=True).exists():
            return ""
        SetupLink.objects.filter(used_at=None).delete()
        token = new_token()
        SetupLink.objects.create(token_digest=digest(token), created_at=now)
    return token


def setup_link(token: str, *, now: datetime) -> SetupLink:
    """Return the set-up link of a token. Errors: NotFound when it was used, is old, or never was."""
    found = SetupLink.objects.filter(token_digest=digest(token), used_at=None).first()
    if found is None or found.created_at + SETUP_LINK_LIVES < now:
        raise NotFound("setup_link_closed")
    return found


def start_organisation(  # noqa: PLR0913 - all that the set-up asked
    *, token: str, name: str, language: str, person: str, email: str, password: str, now: datetime
) -> Member:
    """Make the first organisation with its owner, and close the link.

    Errors: NotFound when the link was used meanwhile; Invalid(field) for what can't be used.
    """
    link = setup_link(token, now=now)
    user = _new_user(person, email, password, language=language, now=now)
    with transaction.atomic():
        if not SetupLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
            raise NotFound("setup_link_closed")
        _keep(user)
        return found_organisation(user, name=name, language=language, now=now)


@transaction.atomic
def found_organisation(user: User, *, name: str, language: str, now: datetime) -> Member:
    """Make an organisation that somebody with an account owns.

    Errors: Invalid("name", "name_empty").
    """
    if not name.strip():
        raise Invalid("name", "name_empty")
    organisation = Organisation.objects.create(
        name=name.strip(), slug=_free_slug(name), language=language, created_at=now
    )
    with scope(organisation=organisation):
        member = Member.objects.create(organisation=organisation, user=user, joined_at=now)
        RoleGrant.objects.create(organisation=organisation, member=member, role=Role.OWNER.value)
        after = {"name": organisation.name}
        record(
            member, "organisation.started", kind="organisation", subject=organisation, now=now, after=after
        )
    return member


def _free_slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50] or "organisatie"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if slug not in taken)


def _new_user(name: str, email: str, password: str, *, language: str, now: datetime) -> User:
    """Return an account that isn't kept yet: hashing and a breach check may not hold the database."""
    if not name.strip():
        raise Invalid("person", "name_empty")
    user = User(email=email.strip().lower(), name=name.strip(), language=language, joined_at=now)
    check_password_for(user, password)
    user.set_password(password)
    return user


def _keep(user: User) -> None:
    if User.objects.filter(email__iexact=user.email).exists():
        raise Invalid("email", "account_exists")
    user.save()


def check_password_for(user: User, password: str) -> None:
    """Refuse a password that is short, known from a leak, or like the name.

    Errors: Invalid("password", "password_weak") with Django's own sentences.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid("password", "password_weak", {"why": " ".join(error.messages)}) from error


def change_account(user: User, *, name: str, language: str) -> None:
    """Change one's own name and language."""
    user.name, user.language = name.strip(), language
    user.save(update_fields=["name", "language"])


@transaction.atomic
def change_settings(actor: Member, *, values: Mapping[str, Any], now: datetime) -> Organisation:
    """Change name, language, zone, currency or the promise.

    Errors: NotAllowed; Invalid(field) for what can't be used.
    """
    require(actor, "organisation.manage")
    kept = Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    before = {name: getattr(kept, name) for name in values}
    _check_settings(values)
    for name, value in values.items():
        setattr(kept, name, value)
    if before == dict(values):
        return kept
    kept.save()
    record(actor, "settings.changed", kind="organisation", subject=kept, now=now, before=before, after=values)
    return kept


def _check_settings(values: Mapping[str, Any]) -> None:
    if "name" in values and not str(values["name"]).strip():
        raise Invalid("name", "name_empty")
    if "time_zone" in values:
        zone_named(values["time_zone"])
    if "answer_within_minutes" in values and not 1 <= values["answer_within_minutes"] <= MOST_PROMISED:
        raise Invalid("answer_within", "promise_out_of_range", {"most": MOST_PROMISED // 60})


@transaction.atomic
def change_hours(
    actor: Member, *, weekly: Collection[str], special: Mapping[date, str], now: datetime
) -> Organisation:
    """Change the opening hours, as typed per weekday ("09:00-12:30, 13:00-17:00"), and the days that differ.

    Errors: NotAllowed; Invalid("hours", code) as core.hours.parse_openings; Invalid("hours", "never_open").
    """
    require(actor, "organisation.manage")
    week = [_stored(text) for text in weekly]
    if not any(week):
        raise Invalid("hours", "never_open")
    kept = Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    before = {"opening_hours": kept.opening_hours, "special_days": kept.special_days}
    kept.opening_hours = week
    kept.special_days = {day.isoformat(): _stored(text) for day, text in sorted(special.items())}
    after = {"opening_hours": kept.opening_hours, "special_days": kept.special_days}
    if before == after:
        return kept
    kept.save(update_fields=["opening_hours", "special_days"])
    record(actor, "hours.set", kind="organisation", subject=kept, now=now, before=before, after=after)
    return kept


def _stored(text: str) -> list[list[str]]:
    return [str(opening).split("-") for opening in parse_openings(text)]


@transaction.atomic
def add_department(actor: Member, *, name: str, now: datetime) -> Department:
    """Add a department. Errors: NotAllowed; Invalid for no name, or one that is there already."""
    require(actor, "people.manage")
    plain = name.strip()
    if not plain:
        raise Invalid("name", "name_empty")
    if Department.objects.filter(name__iexact=plain).exists():
        raise Invalid("name", "department_exists")
    made = Department.objects.create(organisation=actor.organisation, name=plain)
    record(actor, "department.added", kind="department", subject=made, now=now)
    return made


@transaction.atomic
def remove_department(actor: Member, *, department: Department, now: datetime) -> None:
    """Remove a department; its people stay."""
    require(actor, "people.manage")
    record(actor, "department.removed", kind="department", subject=department, now=now)
    department.delete()


@transaction.atomic
def invite(
    actor: Member, *, email: str, roles: Collection[str], department: Department | None = None, now: datetime
) -> tuple[Invitation, str]:
    """Make a link by which a colleague joins; return it with its token, which is shown once.

    Errors: NotAllowed; Invalid("roles") without a role or with one that doesn't exist.
    """
    require(actor, "people.manage")
    _check_roles(roles)
    token = new_token()
    made = Invitation.objects.create(
        organisation=actor.organisation,
        email=email.strip().lower(),
        roles=sorted(set(roles)),
        department=department,
        token_digest=digest(token),
        invited_by=actor,
        created_at=now,
        expires_at=now + INVITATION_LIVES,
    )
    after = {"email": made.email, "roles": made.roles}
    record(actor, "person.invited", kind="invitation", subject=made, now=now, after=after)
    return made, token


def _check_roles(roles: Collection[str]) -> None:
    if not roles:
        raise Invalid("roles", "roles_empty")
    if not set(roles) <= {role.value for role in Role}:
        raise Invalid("roles", "role_unknown")


def invitation_of(token: str, *, now: datetime) -> Invitation:
    """Return the open invitation of a token, whatever its organisation.

    Errors: NotFound when it was used, withdrawn, is old, or never was.
    """
    with scopes_disabled():
        found = (
            Invitation.objects.select_related("organisation", "department")
            .filter(token_digest=digest(token), accepted_at=None, withdrawn_at=None, expires_at__gt=now)
            .first()
        )
    if found is None:
        raise NotFound("invitation_closed")
    return found


def accept_as_new(token: str, *, name: str, email: str, password: str, now: datetime) -> Member:
    """Make an account by an invitation, and join.

    Errors: NotFound when the link closed meanwhile; Invalid(field).
    """
    invitation = invitation_of(token, now=now)
    user = _new_user(name, email, password, language=invitation.organisation.language, now=now)
    with transaction.atomic():
        _keep(user)
        return _join(invitation, user, now=now)


@transaction.atomic
def accept_as(user: User, token: str, *, now: datetime) -> Member:
    """Join by an invitation with an account that one has. Errors: NotFound when the link closed."""
    return _join(invitation_of(token, now=now), user, now=now)


def _join(invitation: Invitation, user: User, *, now: datetime) -> Member:
    with scope(organisation=invitation.organisation):
        # Of two who open the link at once, one gets in.
        if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=now):
            raise NotFound("invitation_closed")
        member, is_new = Member.objects.get_or_create(
            organisation=invitation.organisation,
            user=user,
            defaults={"joined_at": now, "department": invitation.department},
        )
        if not is_new:
            Member.objects.filter(pk=member.pk).update(is_active=True)
        for role in invitation.roles:
            RoleGrant.objects.get_or_create(organisation=invitation.organisation, member=member, role=role)
        member = Member.objects.select_related("organisation", "user").get(pk=member.pk)
        record(
            member, "person.joined", kind="member", subject=member, now=now, after={"roles": invitation.roles}
        )
    return member


@transaction.atomic
def withdraw_invitation(actor: Member, *, invitation: Invitation, now: datetime) -> None:
    """Close an invitation that wasn't used."""
    require(actor, "people.manage")
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(withdrawn_at=now)
    record(actor, "invitation.withdrawn", kind="invitation", subject=invitation, now=now)


@transaction.atomic
def change_member(
    actor: Member, *, member: Member, roles: Collection[str], department: Department | None, now: datetime
) -> None:
    """Change what somebody may do, and where they work.

    Errors: NotAllowed; Invalid("roles"); Conflict("last_owner") when nobody would own it any more.
    """
    require(actor, "people.manage")
    _check_roles(roles)
    kept = _locked(member)
    if Role.OWNER.value not in roles:
        _require_other_owner(kept)
    before = {"roles": sorted(role.value for role in kept.roles), "department": str(kept.department or "")}
    kept.grants.exclude(role__in=list(roles)).delete()
    for role in roles:
        RoleGrant.objects.get_or_create(organisation=actor.organisation, member=kept, role=role)
    Member.objects.filter(pk=kept.pk).update(department=department)
    after = {"roles": sorted(roles), "department": str(department or "")}
    record(actor, "person.changed", kind="member", subject=kept, now=now, before=before, after=after)


@transaction.atomic
def deactivate_member(actor: Member, *, member: Member, now: datetime) -> None:
    """Let somebody go: they see nothing any more, and are signed out everywhere.

    Errors: NotAllowed; Conflict("last_owner").
    """
    require(actor, "people.manage")
    kept = _locked(member)
    _require_other_owner(kept)
    Member.objects.filter(pk=kept.pk).update(is_active=False)
    end_sessions(kept.user_id)
    record(actor, "person.left", kind="member", subject=kept, now=now)


@transaction.atomic
def reactivate_member(actor: Member, *, member: Member, now: datetime) -> None:
    """Let somebody in again, with the roles that they had."""
    require(actor, "people.manage")
    Member.objects.filter(pk=member.pk).update(is_active=True)
    record(actor, "person.returned", kind="member", subject=member, now=now)


def password_link(actor: Member, *, member: Member, now: datetime) -> str:
    """Return the address at which a colleague chooses a new password; it works once, for three days.

    Errors: NotAllowed; Conflict("elsewhere_too") for somebody who belongs to another organisation too:
    an owner here must not get into an account that opens more than this.
    """
    require(actor, "people.manage")
    _require_ours_alone(actor, member)
    record(actor, "password.link_made", kind="member", subject=member, now=now)
    key = default_token_generator.make_token(member.user)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(member.user), key])


@transaction.atomic
def forget_devices(actor: Member, *, member: Member, now: datetime) -> None:
    """Let a colleague who lost their device in with the password alone: passkeys and codes go.

    Errors: NotAllowed; Conflict("elsewhere_too"), see password_link.
    """
    require(actor, "people.manage")
    _require_ours_alone(actor, member)
    Authenticator.objects.filter(user_id=member.user_id).delete()
    record(actor, "devices.forgotten", kind="member", subject=member, now=now)


def _require_ours_alone(actor: Member, member: Member) -> None:
    with scopes_disabled():
        if Member.objects.filter(user_id=member.user_id).exclude(organisation=actor.organisation).exists():
            raise Conflict("elsewhere_too")


def _locked(member: Member) -> Member:
    """Return a member of whose organisation nobody else changes people now: two owners can't let each other go."""
    Organisation.objects.select_for_update(no_key=True).get(pk=member.organisation_id)
    return Member.objects.select_for_update().get(pk=member.pk)


def _require_other_owner(member: Member) -> None:
    others = RoleGrant.objects.filter(role=Role.OWNER.value, member__is_active=True).exclude(member=member)
    is_owner = Role.OWNER in member.roles
    if is_owner and not others.exists():
        raise Conflict("last_owner")


def end_sessions(user_id: int) -> None:
    """Sign somebody out everywhere."""
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(user_id):
            session.delete()
