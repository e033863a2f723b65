from datetime import timedelta

import pytest
from django_scopes import scope

from dialoog.assess import actions, queries
from dialoog.assess.models import Scan, ScanAnswer, ScanInvitation
from dialoog.assess.rules import KEYS
from dialoog.core.errors import Conflict, Invalid, NotAllowed, NotFound
from dialoog.organisations.models import AuditEntry, Department, Member, RoleGrant

LOW = dict.fromkeys(KEYS, 1)
HIGH = dict.fromkeys(KEYS, 2)
MIDDLE = {**LOW, "focus": 2}


@pytest.fixture
def scan(noor, inside, now):
    return actions.open_scan(noor, now=now)


@pytest.fixture
def shop(korenaar, inside):
    return Department.objects.create(organisation=korenaar, name="Winkel")


def answer_by_links(noor, now, *, count, answers=LOW, department=None):
    for token in actions.invite(noor, count=count, department=department, now=now):
        actions.answer_by_link(token, answers=answers, now=now)


def test_one_round_is_open_at_a_time(noor, scan, now):
    with pytest.raises(Conflict):
        actions.open_scan(noor, now=now)
    actions.close_scan(noor, scan=scan, now=now)
    again = actions.open_scan(noor, now=now + timedelta(days=90))
    assert queries.open_scan() == again


def test_a_colleague_answers_once_and_may_change_it_until_the_round_closes(noor, sam, scan, now):
    actions.answer(sam, answers=LOW, now=now)
    actions.answer(sam, answers=HIGH, now=now)
    assert [row.points for row in ScanAnswer.objects.all()] == [8]
    actions.close_scan(noor, scan=scan, now=now)
    with pytest.raises(Conflict):
        actions.answer(sam, answers=LOW, now=now)


def test_nothing_of_an_answer_is_in_the_log(noor, sam, scan, now):
    actions.answer(sam, answers=LOW, now=now)
    answer_by_links(noor, now, count=1)
    assert {entry.what for entry in AuditEntry.objects.all()} == {"scan.opened", "scan.invited"}


def test_an_answer_lacks_no_question(sam, scan, now):
    with pytest.raises(Invalid) as refused:
        actions.answer(sam, answers={**LOW, "hr": 3}, now=now)
    assert refused.value.field == "hr"
    assert not ScanAnswer.objects.exists()


def test_who_may_not_lead_the_scan_opens_invites_and_closes_nothing(sam, noor, scan, now):
    actions.invite(noor, count=1, now=now)
    invitation = ScanInvitation.objects.get()
    for refused in (
        lambda: actions.open_scan(sam, now=now),
        lambda: actions.invite(sam, count=1, now=now),
        lambda: actions.withdraw_link(sam, invitation=invitation, now=now),
        lambda: actions.close_scan(sam, scan=scan, now=now),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_an_outside_adviser_gives_no_answer(sam, scan, now):
    RoleGrant.objects.filter(member=sam).update(role="adviser")
    adviser = Member.objects.get(pk=sam.pk)
    with pytest.raises(NotAllowed):
        actions.answer(adviser, answers=LOW, now=now)


def test_a_link_answers_once_and_keeps_only_the_department(noor, scan, shop, now):
    (token,) = actions.invite(noor, count=1, department=shop, now=now)
    made = actions.answer_by_link(token, answers=HIGH, now=now)
    assert (made.member, made.department, made.points) == (None, shop, 8)
    assert token not in str(list(ScanInvitation.objects.values()))
    with pytest.raises(Conflict) as refused:
        actions.answer_by_link(token, answers=LOW, now=now)
    assert refused.value.code == "link_used"


@pytest.mark.parametrize("end", ["expired", "withdrawn", "closed"])
def test_a_link_that_ended_opens_nothing(noor, scan, now, end):
    (token,) = actions.invite(noor, count=1, now=now)
    later = now
    if end == "expired":
        later = now + actions.LINK_LIFE
    elif end == "withdrawn":
        actions.withdraw_link(noor, invitation=ScanInvitation.objects.get(), now=now)
    else:
        actions.close_scan(noor, scan=scan, now=now)
    assert queries.link(token, now=later).state == end
    with pytest.raises(Conflict) as refused:
        actions.answer_by_link(token, answers=LOW, now=later)
    assert refused.value.code == f"link_{end}"
    assert not ScanAnswer.objects.exists()


def test_an_unknown_link_is_not_there(db, now):
    assert queries.link("nobody", now=now) is None
    with pytest.raises(NotFound):
        actions.answer_by_link("nobody", answers=LOW, now=now)


def test_a_used_link_cannot_be_withdrawn(noor, scan, now):
    answer_by_links(noor, now, count=1)
    with pytest.raises(Conflict):
        actions.withdraw_link(noor, invitation=ScanInvitation.objects.get(), now=now)


def test_a_department_of_another_organisation_is_refused(noor, scan, vaartland, now):
    with scope(organisation=vaartland):
        theirs = Department.objects.create(organisation=vaartland, name="Raad")
    (token,) = actions.invite(noor, count=1, now=now)
    with pytest.raises(Invalid):
        actions.answer_by_link(token, answers=LOW, department=theirs, now=now)
    assert queries.link(token, now=now).state == "open"


@pytest.mark.parametrize("count", [0, -1, 51])
def test_links_come_in_a_sensible_number(noor, scan, now, count):
    with pytest.raises(Invalid):
        actions.invite(noor, count=count, now=now)


def test_under_four_answers_people_see_only_their_own(noor, sam, bram, scan, now):
    actions.answer(noor, answers=HIGH, now=now)
    actions.answer(sam, answers=LOW, now=now)
    answer_by_links(noor, now, count=1)
    mine = queries.standing(noor)
    assert (mine.phase_low, mine.phase_high, mine.is_own, mine.dots) == (4, 5, True, {})
    assert queries.standing(sam).phase_low == 1
    assert queries.standing(bram).phase_low is None
    assert queries.standing().answered == 3


def test_from_four_answers_everybody_sees_the_dots(noor, bram, scan, now):
    actions.answer(noor, answers=HIGH, now=now)
    answer_by_links(noor, now, count=3, answers=MIDDLE)
    together = queries.standing(bram)
    assert (together.phase_low, together.phase_high, together.is_own) == (3, 3, False)
    assert together.dots == {(3, 3): 3, (4, 5): 1}


def test_while_it_is_open_answers_are_told_in_fours(noor, scan, now):
    answer_by_links(noor, now, count=4)
    answer_by_links(noor, now, count=3, answers=HIGH)
    (round_,) = queries.rounds(noor)
    assert (round_.answered, round_.joint.answered, round_.departments) == (7, 4, {})
    actions.close_scan(noor, scan=scan, now=now)
    assert queries.standing(noor).answered == 7


def test_a_closed_round_forgets_who_answered_unless_too_few_did(noor, sam, scan, now):
    actions.answer(noor, answers=HIGH, now=now)
    actions.close_scan(noor, scan=scan, now=now)
    assert queries.standing(noor).is_own
    second = actions.open_scan(noor, now=now)
    actions.answer(noor, answers=HIGH, now=now)
    answer_by_links(noor, now, count=3)
    actions.close_scan(noor, scan=second, now=now)
    assert not ScanAnswer.objects.filter(scan=second, member__isnull=False).exists()
    assert [round_.answered for round_ in queries.rounds(sam)] == [4, 1]


def test_departments_are_told_after_closing_and_never_under_four(noor, scan, shop, korenaar, now):
    bakery = Department.objects.create(organisation=korenaar, name="Bakkerij")
    answer_by_links(noor, now, count=4, department=shop)
    answer_by_links(noor, now, count=3, department=bakery, answers=HIGH)
    assert queries.rounds(noor)[0].departments == {}
    answer_by_links(noor, now, count=1, answers=HIGH)
    actions.close_scan(noor, scan=scan, now=now)
    assert list(queries.rounds(noor)[0].departments) == [shop]


def test_the_turnout_counts_and_names_nobody(noor, sam, bram, scan, now):
    actions.answer(sam, answers=LOW, now=now)
    answer_by_links(noor, now, count=2)
    actions.invite(noor, count=3, now=now)
    actions.withdraw_link(noor, invitation=queries.open_links(scan, now=now)[0], now=now)
    found = queries.turnout(scan)
    assert (found.members, found.members_waiting) == (3, 2)
    assert (found.links, found.links_open, found.links_used) == (4, 2, 2)


def test_another_organisation_sees_no_round(noor, tom, scan, vaartland, now):
    actions.answer(noor, answers=LOW, now=now)
    with scope(organisation=vaartland):
        assert queries.rounds(tom) == []
        assert queries.standing(tom).answered == 0
        assert not Scan.objects.exists()
