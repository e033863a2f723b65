"""Versions: what is published is enforced, read and accepted."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from dialoog.core.errors import Conflict, Invalid
from dialoog.core.text import clean_text
from dialoog.core.work.events import emit
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member, Organisation
from dialoog.policy.events import PolicyPublished
from dialoog.policy.models import Acceptance, PolicyVersion, Rule
from dialoog.policy.queries.force import version_in_force
from dialoog.policy.rules import BrokenRule, check_rule
from dialoog.policy.rules.starter import is_lowered, starter_rules
from dialoog.policy.snapshots import compare, rule_data, snapshot_of


@transaction.atomic
def install_starter_policy(actor: Member, *, now: datetime) -> PolicyVersion:
    """Give an organisation the starter rules in its language, in force at once; a second call changes nothing.

    Errors: NotAllowed.
    """
    require(actor, "policy.edit")
    # Of two who ask at once, the second one waits here and finds what the first one made.
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.organisation_id)
    version = version_in_force()
    if version is not None:
        return version
    if not Rule.objects.exists():
        _write_starter(actor, now=now)
    with override(actor.organisation.language):
        note = _("The rules that Dialoog starts with.")
    return _publish(actor, _drafted(), note=note, now=now)


def _write_starter(actor: Member, *, now: datetime) -> None:
    for position, starter in enumerate(starter_rules(actor.organisation.language)):
        Rule.objects.create(
            organisation=actor.organisation,
            key=starter.key,
            position=position,
            title=starter.title,
            text=starter.text,
            reason=starter.reason,
            good_example=starter.good_example,
            bad_example=starter.bad_example,
            kind=starter.kind,
            params=dict(starter.params),
            scope=dict(starter.scope),
            strength=starter.strength,
            updated_at=now,
        )


@transaction.atomic
def publish_policy(actor: Member, *, note: str, now: datetime) -> PolicyVersion:
    """Put the draft in force as the next version, with a note on what changed for whom.

    Errors: NotAllowed; Invalid("note", "note_empty"); Invalid("rules", "rule_broken") with the title;
    Conflict("nothing_changed"), Conflict("goal_rule_missing"), Conflict("published_meanwhile").
    """
    require(actor, "policy.edit")
    told = clean_text(note).text.strip()
    if not told:
        raise Invalid("note", "note_empty")
    drafted = _drafted()
    version = version_in_force()
    if version is not None and not compare(version.rules, drafted):
        raise Conflict("nothing_changed")
    if not any(entry["kind"] == "goal" for entry in drafted):
        raise Conflict("goal_rule_missing")
    return _publish(actor, drafted, note=told, now=now)


def _drafted() -> list[dict[str, Any]]:
    return [snapshot_of(rule) for rule in Rule.objects.filter(removed_at=None)]


def _publish(actor: Member, drafted: list[dict[str, Any]], *, note: str, now: datetime) -> PolicyVersion:
    for entry in drafted:
        try:
            check_rule(rule_data(entry))
        except BrokenRule as broken:
            raise Invalid("rules", "rule_broken", {"title": entry["title"]}) from broken
    last = version_in_force()
    try:
        with transaction.atomic():
            version = PolicyVersion.objects.create(
                organisation=actor.organisation,
                number=last.number + 1 if last else 1,
                rules=drafted,
                note=note,
                published_at=now,
                published_by=actor,
            )
    except IntegrityError as error:
        raise Conflict("published_meanwhile") from error
    Rule.objects.filter(removed_at__isnull=False).delete()
    _tell(actor, version, now=now)
    return version


def _tell(actor: Member, version: PolicyVersion, *, now: datetime) -> None:
    lowered = [
        entry["lowered_because"]
        for entry in version.rules
        if entry["kind"] == "goal" and is_lowered(rule_data(entry))
    ]
    after = {"number": version.number, "note": version.note, "goal_rule_lowered_because": lowered}
    record(actor, "policy.published", kind="policy", subject=version, now=now, after=after)
    emit(PolicyPublished(version.pk, version.number), organisation_id=actor.organisation.pk, now=now)


@transaction.atomic
def accept_version(actor: Member, *, version: PolicyVersion, now: datetime) -> Acceptance:
    """Say that one read the version in force and keeps to it; a second time changes nothing.

    Errors: NotAllowed; Conflict("version_replaced") when a newer one is in force.
    """
    require(actor, "policy.accept")
    current = version_in_force()
    if current is None or current.pk != version.pk:
        raise Conflict("version_replaced")
    accepted, is_new = Acceptance.objects.get_or_create(
        organisation=actor.organisation, version=version, member=actor, defaults={"accepted_at": now}
    )
    if is_new:
        after = {"number": version.number}
        record(actor, "policy.accepted", kind="policy", subject=version, now=now, after=after)
    return accepted
