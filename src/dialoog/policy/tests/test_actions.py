"""Rules written, versions published and accepted, consent asked and given."""

from datetime import timedelta

import pytest
from django_scopes import scope

from dialoog.core.errors import Conflict, Invalid, NotAllowed
from dialoog.core.models import Job
from dialoog.core.work.worker import run_due
from dialoog.organisations.models import AuditEntry
from dialoog.policy import actions, queries
from dialoog.policy.actions import RuleDraft
from dialoog.policy.models import Acceptance, Approval, PolicyVersion, Rule
from dialoog.policy.rules import MessageFacts, check_rule
from dialoog.policy.rules.starter import GOAL_RULE, is_lowered, starter_rules
from dialoog.policy.snapshots import compare, rule_data, snapshot_of

DRAFT = RuleDraft(
    title="Geen jargon",
    text="Schrijf gewoon.",
    kind="words",
    strength="warn",
    params={"words": [{"word": "synergie", "instead": "samenwerking"}]},
)
HASH = "a" * 64


@pytest.fixture
def policy(inside, noor, now):
    return actions.install_starter_policy(noor, now=now)


def goal_rule():
    return Rule.objects.get(kind="goal")


def draft_of(rule, **changed):
    kept = {name: getattr(rule, name) for name in RuleDraft.__dataclass_fields__}
    return RuleDraft(**(kept | changed))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_starter_set_can_be_used_and_guides_more_than_it_forbids(language):
    rules = starter_rules(language)
    for rule in rules:
        data = {"key": str(rule.key), "kind": rule.kind, "params": rule.params, "scope": rule.scope}
        check_rule(rule_data(data | {"strength": rule.strength, "is_active": True}))
        assert all((rule.title, rule.text, rule.reason, rule.good_example, rule.bad_example))
    strengths = [rule.strength for rule in rules]
    assert len(rules) >= 10
    assert strengths.count("guide") > len(rules) / 2
    assert ("goal", "block") in {(rule.kind, rule.strength) for rule in rules}


def test_the_starter_policy_is_installed_once(policy, noor, now):
    again = actions.install_starter_policy(noor, now=now)
    assert (again.pk, again.number) == (policy.pk, 1)
    assert len(queries.rules_in_force()) == Rule.objects.count() == len(policy.rules)


def test_without_a_policy_a_post_still_needs_a_goal(inside):
    assert queries.rules_in_force() == (GOAL_RULE,)
    assert queries.judge_in_force(MessageFacts(text="Hoi")).blocked


def test_a_draft_holds_for_nobody_until_it_is_published(policy, noor, now):
    facts = MessageFacts(text="Wat een synergie", goal_id="1", goal_finished=True)
    actions.add_rule(noor, draft=DRAFT, now=now)
    assert queries.judge_in_force(facts).outcome == "fine"
    version = actions.publish_policy(noor, note="Gewone woorden.", now=now)
    assert version.number == 2
    assert [f.code for f in queries.judge_in_force(facts).findings] == ["words.replace"]
    assert AuditEntry.objects.filter(what="policy.published").count() == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"text": "\x00"}, "text"),
        ({"title": "x" * 121}, "title"),
        ({"params": {}}, "words"),
        ({"kind": "magic"}, "kind"),
        ({"strength": "forbid"}, "strength"),
        ({"scope": {"networks": "x"}}, "networks"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_by_its_field(inside, noor, now, changed, field):
    given = {name: getattr(DRAFT, name) for name in RuleDraft.__dataclass_fields__} | changed
    with pytest.raises(Invalid) as refused:
        actions.add_rule(noor, draft=RuleDraft(**given), now=now)
    assert refused.value.field == field
    assert not Rule.objects.exists()


def test_lowering_the_goal_rule_asks_why_and_is_on_record(policy, noor, now):
    rule = goal_rule()
    for lower in (
        lambda **why: actions.change_rule(
            noor, rule=rule, draft=draft_of(rule, strength="warn"), now=now, **why
        ),
        lambda **why: actions.switch_rule(noor, rule=rule, is_active=False, now=now, **why),
        lambda **why: actions.change_rule(
            noor, rule=rule, draft=draft_of(rule, scope={"networks": ["bluesky"]}), now=now, **why
        ),
        lambda **why: actions.change_rule(
            noor, rule=rule, draft=draft_of(rule, params={"finished": False}), now=now, **why
        ),
    ):
        with pytest.raises(Invalid) as refused:
            lower()
        assert refused.value.code == "lowering_reason_empty"
    kept = actions.change_rule(
        noor, rule=rule, draft=draft_of(rule, strength="warn"), because="We oefenen een maand.", now=now
    )
    assert is_lowered(rule_data(snapshot_of(kept)))
    entry = AuditEntry.objects.filter(what="rule.changed").get()
    assert (entry.before["strength"], entry.after["strength"]) == ("block", "warn")
    assert entry.after["lowered_because"] == "We oefenen een maand."
    actions.publish_policy(noor, note="Een maand oefenen.", now=now)
    assert AuditEntry.objects.first().after["goal_rule_lowered_because"] == ["We oefenen een maand."]
    back = actions.change_rule(noor, rule=rule, draft=draft_of(kept, strength="block"), now=now)
    assert back.lowered_because == ""


def test_the_goal_rule_stays_and_there_is_one(policy, noor, now):
    with pytest.raises(Conflict, match="goal_rule_stays"):
        actions.remove_rule(noor, rule=goal_rule(), now=now)
    with pytest.raises(Conflict, match="goal_rule_once"):
        actions.add_rule(noor, draft=RuleDraft(title="Doel", text="Doel.", kind="goal"), now=now)
    changed = actions.change_rule(noor, rule=goal_rule(), draft=draft_of(goal_rule(), kind="words"), now=now)
    assert changed.kind == "goal"


def test_a_removed_rule_can_be_put_back_until_the_next_version(policy, noor, now):
    rule = Rule.objects.get(kind="hours")
    actions.remove_rule(noor, rule=rule, now=now)
    with pytest.raises(Conflict, match="rule_removed"):
        actions.switch_rule(noor, rule=rule, is_active=False, now=now)
    assert actions.put_back_rule(noor, rule=rule, now=now).removed_at is None
    with pytest.raises(Conflict, match="nothing_changed"):
        actions.publish_policy(noor, note="Niets.", now=now)
    actions.remove_rule(noor, rule=rule, now=now)
    actions.publish_policy(noor, note="Geen uren meer.", now=now)
    assert not Rule.objects.filter(pk=rule.pk).exists()


def test_a_rule_moves_one_place(policy, noor, now):
    first, second, *_rest = Rule.objects.all()
    actions.move_rule(noor, rule=second, up=True, now=now)
    actions.move_rule(noor, rule=second, up=True, now=now)
    assert list(Rule.objects.all()[:2]) == [second, first]
    assert [c.what for c in compare(policy.rules, [snapshot_of(r) for r in Rule.objects.all()])] == ["moved"]


def test_what_changed_is_told_apart(policy, noor, now):
    drafted = [snapshot_of(rule) for rule in Rule.objects.all()]
    changed = [
        drafted[0] | {"strength": "warn"},
        *drafted[2:],
        {**drafted[1], "key": "new", "title": "Nieuw"},
    ]
    told = [(c.what, c.title, c.fields) for c in compare(drafted, changed)]
    assert told == [
        ("changed", drafted[0]["title"], ("strength",)),
        ("added", "Nieuw", ()),
        ("removed", drafted[1]["title"], ()),
    ]


def test_a_version_is_accepted_once_and_only_while_it_is_in_force(policy, noor, sam, now):
    actions.accept_version(sam, version=policy, now=now)
    actions.accept_version(sam, version=policy, now=now)
    assert Acceptance.objects.count() == 1
    actions.add_rule(noor, draft=DRAFT, now=now)
    actions.publish_policy(noor, note="Nieuw.", now=now)
    with pytest.raises(Conflict, match="version_replaced"):
        actions.accept_version(sam, version=policy, now=now)


def test_only_who_may_edit_writes_the_policy(policy, sam, now):
    rule = Rule.objects.first()
    for change in (
        lambda: actions.install_starter_policy(sam, now=now),
        lambda: actions.add_rule(sam, draft=DRAFT, now=now),
        lambda: actions.change_rule(sam, rule=rule, draft=DRAFT, now=now),
        lambda: actions.switch_rule(sam, rule=rule, is_active=False, now=now),
        lambda: actions.move_rule(sam, rule=rule, up=True, now=now),
        lambda: actions.remove_rule(sam, rule=rule, now=now),
        lambda: actions.put_back_rule(sam, rule=rule, now=now),
        lambda: actions.publish_policy(sam, note="x", now=now),
    ):
        with pytest.raises(NotAllowed):
            change()


def ask(actor, now, **given):
    told = {"subject_kind": "post", "subject_id": 7, "content_hash": HASH, "roles": ["approver"]} | given
    return actions.ask_approval(actor, now=now, **told)


def given_roles(content_hash=HASH):
    return queries.approved_roles(subject_kind="post", subject_id=7, content_hash=content_hash)


def test_consent_holds_for_exactly_that_content(inside, sam, ayse, now):
    approval = ask(sam, now)
    assert given_roles() == frozenset()
    actions.decide(ayse, approval=approval, approved=True, now=now)
    assert given_roles() == {"approver"}
    assert given_roles("b" * 64) == frozenset()
    assert queries.approved_roles(subject_kind="post", subject_id=8, content_hash=HASH) == frozenset()


def test_four_eyes(inside, ayse, noor, now):
    approval = ask(ayse, now, roles=["approver", "owner"])
    with pytest.raises(NotAllowed, match="own_approval"):
        actions.decide(ayse, approval=approval, approved=True, now=now)
    assert queries.waiting_approvals(ayse) == []
    assert queries.waiting_approvals(noor) == [approval]
    actions.decide(noor, approval=approval, approved=True, now=now)
    assert given_roles() == {"owner"}


def test_only_an_asked_role_decides(inside, sam, noor, bram, now):
    approval = ask(sam, now)
    with pytest.raises(NotAllowed, match="approval_role"):
        actions.decide(noor, approval=approval, approved=True, now=now)
    with pytest.raises(NotAllowed, match=r"post\.approve"):
        actions.decide(bram, approval=approval, approved=True, now=now)


def test_a_question_gets_one_answer(inside, sam, ayse, now):
    approval = ask(sam, now)
    with pytest.raises(Invalid, match="change_reason_empty"):
        actions.decide(ayse, approval=approval, approved=False, reason="  ", now=now)
    actions.decide(ayse, approval=approval, approved=False, reason="Noem de datum.", now=now)
    with pytest.raises(Conflict, match="approval_decided"):
        actions.decide(ayse, approval=approval, approved=True, now=now)
    assert given_roles() == frozenset()


def test_asking_the_same_twice_is_one_question_and_other_content_takes_it_back(inside, sam, now):
    approval = ask(sam, now)
    assert ask(sam, now) == approval
    other = ask(sam, now, content_hash="b" * 64)
    assert list(Approval.objects.filter(state="asked")) == [other]
    assert actions.withdraw_approvals(sam, subject_kind="post", subject_id=7, now=now) == 1
    assert Approval.objects.filter(state="withdrawn").count() == 2


def test_after_the_deadline_nobody_decides(inside, sam, ayse, now):
    approval = ask(sam, now, needed_by=now + timedelta(hours=2))
    later = now + timedelta(hours=3)
    with pytest.raises(Conflict, match="approval_late"):
        actions.decide(ayse, approval=approval, approved=True, now=later)
    assert run_due(later) >= 1
    approval.refresh_from_db()
    assert approval.state == "expired"


def test_a_moment_that_passed_is_no_deadline(inside, sam, now):
    assert ask(sam, now, needed_by=now).needed_by is None
    assert not Job.objects.exists()


def test_a_role_that_somebody_loses_later_was_still_given(inside, sam, ayse, now):
    actions.decide(ayse, approval=ask(sam, now), approved=True, now=now)
    ayse.grants.all().delete()
    assert given_roles() == {"approver"}


def test_another_organisation_sees_none_of_it(policy, vaartland, tom, sam, now):
    approval = ask(sam, now, roles=["owner"])
    with scope(organisation=vaartland):
        assert queries.version_in_force() is None
        assert queries.waiting_approvals(tom) == []
        assert given_roles() == frozenset()
        assert not Rule.objects.exists()
        assert not PolicyVersion.objects.exists()
        with pytest.raises(Approval.DoesNotExist):
            actions.decide(tom, approval=approval, approved=True, now=now)
        assert actions.install_starter_policy(tom, now=now).number == 1
