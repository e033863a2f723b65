"""What always holds for the rules, whatever somebody types or stores."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialoog.policy.rules import KINDS, STRENGTHS, MessageFacts, OtherText, RuleData, judge
from dialoog.policy.rules.facts import OUTCOMES
from dialoog.policy.rules.personal import is_iban, passes_eleven_test

NEEDED = {"words": {"words": [{"word": "aan", "instead": "op"}, {"word": "*ver*"}, {"word": "!"}]}}
ALL = [
    RuleData(id=key, kind=key, strength=kind.strengths[0], params=NEEDED.get(key, {}))
    for key, kind in KINDS.items()
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = sorted({param.name for kind in KINDS.values() for param in kind.schema})
SCOPES = st.dictionaries(st.sampled_from(["kinds", "networks", "from_day", "subjects"]), JSON, max_size=2)


def valid_bsn(first_eight):
    last = sum((9 - place) * int(digit) for place, digit in enumerate(first_eight)) % 11
    return f"{first_eight}{last}" if last < 10 else None


@given(st.text(alphabet="0123456789", min_size=8, max_size=8))
def test_every_bsn_is_found_and_every_single_slip_is_not(first_eight):
    number = valid_bsn(first_eight)
    if number is None or not int(number):
        return
    assert passes_eleven_test(number)
    for place in range(9):
        slip = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert not passes_eleven_test(slip) or slip == number


@given(
    st.text(alphabet="0123456789", min_size=10, max_size=10), st.text("ABCDEFGHIJ", min_size=4, max_size=4)
)
def test_every_dutch_iban_is_known_and_every_single_slip_is_not(account, bank):
    rest = int("".join(str(int(char, 36)) for char in f"{bank}{account}NL00")) % 97
    number = f"NL{98 - rest:02}{bank}{account}"
    assert is_iban(number)
    for place in range(4, 18):
        if number[place].isdigit():
            slip = number[:place] + str((int(number[place]) + 3) % 10) + number[place + 1 :]
            assert not is_iban(slip)


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_breaks_a_check(text, other):
    facts = MessageFacts(text=text, other_texts=(OtherText(network="x", text=other),))
    for finding in judge(ALL, facts).findings:
        assert finding.code != "rule.broken"
        assert all(0 <= start < end <= len(text) for start, end in finding.quotes)


@given(
    st.sampled_from([*KINDS, "magic"]),
    st.sampled_from([*STRENGTHS, "", "forbid"]),
    st.dictionaries(st.sampled_from(NAMES), JSON, max_size=3) | JSON,
    SCOPES | JSON,
)
@settings(max_examples=300)
def test_no_stored_rule_breaks_the_judge(kind, strength, params, scope):
    judgement = judge(
        [RuleData(id="1", kind=kind, strength=strength, params=params, scope=scope)], MessageFacts(text="aan")
    )
    assert judgement.outcome in OUTCOMES
    assert not any(f.params.get("problem") == "failed" for f in judgement.findings)


@given(st.lists(st.sampled_from(ALL), max_size=6), st.text(max_size=60))
def test_one_more_rule_never_lets_more_through(rules, text):
    facts = MessageFacts(text=text)
    weights = [OUTCOMES.index(judge(rules[:count], facts).outcome) for count in range(len(rules) + 1)]
    assert weights == sorted(weights)


HOSTILE = {
    "digits": "1",
    "spaced digits": "1 ",
    "grouped digits": "123 ",
    "addresses": "a@",
    "dots": "a.",
    "at dots": "a@a.a.",
    "brackets": "https://x.nl/((((",
    "flags": "🇳",
    "marks": "\u0301",
    "joined": "👩\u200d",
    "plus": "+31 ",
    "iban": "nl91 ",
    "words": "aan ",
    "ver": "ver",
    "wild": "ﷺ",
    "hyphens": "a-",
    "signs": "!#@",
    "capitals": "LUID ",
    "nul": "\x00",
    "lone": "\ud800",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_time_grows_with_the_text_and_not_faster(unit):
    def seconds(size):
        text = (unit * size)[:size]
        facts = MessageFacts(text=text, other_texts=(OtherText(network="x", text=text),))
        started = time.process_time()
        judge(ALL, facts)
        return time.process_time() - started

    seconds(1_000)
    assert seconds(40_000) < max(0.6, 12 * seconds(10_000))
