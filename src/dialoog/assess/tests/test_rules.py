from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialoog.assess import rules
from dialoog.assess.rules import FEWEST, KEYS, Answer
from dialoog.core.errors import Invalid

ALL_SIXTEEN = [dict(zip(KEYS, choices, strict=True)) for choices in product((1, 2), repeat=4)]
# M1.1: 4 or less is phase 1 or 2, 5 to 7 is phase 3, above 7 is phase 4 or 5.
PHASES = {4: (1, 2), 5: (3, 3), 6: (3, 3), 7: (3, 3), 8: (4, 5)}


@pytest.mark.parametrize("answers", ALL_SIXTEEN)
def test_every_combination_of_answers_has_its_points_and_phases(answers):
    points = rules.points_of(answers)
    assert points == 4 + sum(choice == 2 for choice in answers.values())
    assert rules.phases_of(points) == PHASES[points]
    assert set(rules.missing_of(answers)) == {key for key in KEYS if answers[key] == 1}


def test_all_five_points_occur_and_one_combination_each_leads_to_the_ends():
    counts = [rules.points_of(answers) for answers in ALL_SIXTEEN]
    assert {points: counts.count(points) for points in PHASES} == {4: 1, 5: 4, 6: 6, 7: 4, 8: 1}


@pytest.mark.parametrize("wrong", [None, 0, 3, "2", True])
@pytest.mark.parametrize("key", KEYS)
def test_a_question_without_one_of_the_two_answers_is_refused_by_name(key, wrong):
    answers = {**ALL_SIXTEEN[0], key: wrong}
    if wrong is True:
        assert rules.points_of(answers) == 4
        return
    with pytest.raises(Invalid) as refused:
        rules.points_of(answers)
    assert refused.value.field == key


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_question_offers_one_point_and_two_points_with_an_example(language):
    found = rules.questions(language)
    assert tuple(question.key for question in found) == KEYS
    for question in found:
        assert sorted(option.points for option in question.options) == [1, 2]
        for option in question.options:
            assert option.label
            assert option.description
            assert option.example
        assert question.next_step


def test_the_questions_give_the_points_of_the_method():
    focus, hr, field, policy = rules.questions("en")
    assert focus.option(1).label == "The tools"
    assert "integral part" in hr.option(2).label
    assert "usual fields" in field.option(1).label
    assert "point the way" in policy.option(2).label


people = st.lists(
    st.builds(
        Answer,
        answers=st.sampled_from(ALL_SIXTEEN),
        department=st.sampled_from([None, "bakkerij", "winkel", "kantoor", "bezorging"]),
    ),
    max_size=24,
)


@given(people)
def test_of_fewer_than_four_nothing_is_told(answers):
    assert (rules.joint(answers) is None) == (len(answers) < FEWEST)


@given(people)
def test_no_department_can_be_worked_out_from_what_is_told(answers):
    told = rules.by_department(answers)
    assert None not in told
    for key, figures in told.items():
        assert figures.answered == sum(one.department == key for one in answers) >= FEWEST
    rest = len(answers) - sum(figures.answered for figures in told.values())
    assert not told or rest == 0 or rest >= FEWEST


@given(people)
def test_whoever_watches_an_open_round_never_sees_one_answer_come_in(answers):
    seen = [rules.shown_while_open(answers[:n]) for n in range(len(answers) + 1)]
    for before, after in pairwise(seen):
        assert len(after) - len(before) in {0, FEWEST}


@given(people.filter(lambda answers: len(answers) >= FEWEST))
def test_the_joint_phase_is_one_that_somebody_chose(answers):
    together = rules.joint(answers)
    assert together.phases in together.dots
    assert sum(together.dots.values()) == len(answers)
    low, high = together.spread
    assert low <= together.phases <= high


def test_the_joint_phase_is_the_middle_answer_not_a_mean():
    lowest, highest = ALL_SIXTEEN[0], ALL_SIXTEEN[-1]
    together = rules.joint([Answer(answers=lowest)] * 3 + [Answer(answers=highest)])
    assert together.phases == (1, 2)
    assert together.spread == ((1, 2), (4, 5))
    assert together.missing == KEYS


def test_what_most_do_already_is_not_missing():
    answers = [Answer(answers={**ALL_SIXTEEN[0], "focus": 2})] * 3 + [Answer(answers=ALL_SIXTEEN[0])]
    assert rules.joint(answers).missing == ("hr", "field", "policy")


def test_the_smallest_department_goes_along_when_the_rest_would_be_given_away():
    def some(department, count):
        return [Answer(answers=ALL_SIXTEEN[0], department=department)] * count

    assert set(rules.by_department(some("winkel", 6) + some("bakkerij", 4))) == {"winkel", "bakkerij"}
    assert set(rules.by_department(some("winkel", 6) + some("bakkerij", 4) + some("kantoor", 1))) == {
        "winkel"
    }
    assert rules.by_department(some("winkel", 6) + some("kantoor", 3)) == {}
