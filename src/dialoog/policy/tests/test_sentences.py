"""Every finding has its sentence, in both languages, and every rule the sentence of what is enforced."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from dialoog.policy import actions
from dialoog.policy.enforcement import enforcement
from dialoog.policy.rules import KINDS, MessageFacts, RuleData, judge
from dialoog.policy.rules.facts import Finding
from dialoog.policy.sentences import _SAID, check_items, sentence

PARAMS = {
    "about": ["verkiezing*"],
    "word": "middels",
    "instead": "met",
    "images": [1, 2],
    "total": 2,
    "least": 3,
    "most": 3,
    "host": "example.nl",
    "status": 404,
    "label": "Advertentie",
    "at": "23:00",
    "day": "su",
    "days": ["mo", "tu", "we"],
    "from": "08:00",
    "until": "20:00",
    "count": 5,
    "networks": ["bluesky"],
    "percent": 100,
    "where": "words",
    "problem": "missing",
}


def finding(code, **changed):
    given = {"rule_id": "1", "kind": "x", "strength": "guide", "outcome": "advice", "code": code} | changed
    return Finding(**given, params=PARAMS)


def test_every_code_that_a_check_gives_has_its_sentence():
    given = set()
    for kind in KINDS.values():
        source = Path(kind.check.__code__.co_filename).read_text("utf-8")
        given |= set(re.findall(r'code="([a-z_.]+)"', source))
    given |= {f"personal.{name}" for name in KINDS["personal"].params[0].choices}
    given |= {"words.replace", "words.avoid", "rule.broken"}
    assert given == set(_SAID)


@pytest.mark.parametrize("code", sorted(_SAID))
def test_a_finding_is_said_in_both_languages(code):
    with override("en"):
        english = sentence(finding(code))
    with override("nl"):
        dutch = sentence(finding(code))
    assert dutch != english
    for told in (dutch, english):
        assert told.endswith((".", "”."))
        assert "{" not in told


def test_approval_names_who_may_give_it():
    with override("nl"):
        asked = sentence(
            finding("approval.needed", strength="ask_approval", outcome="approval", roles=("approver",))
        )
    assert asked == "Dit gaat over verkiezing…. Dit heeft akkoord nodig van akkoordgever."


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (
            RuleData(
                id="1",
                kind="approval",
                strength="ask_approval",
                params={"about": ["verkiezingen"], "roles": ["approver"]},
                scope={"kinds": ["post"], "except_networks": ["newsroom"]},
            ),
            (
                "Berichten (behalve op <em>Newsroom</em>) over <em>verkiezingen</em> "
                "hebben akkoord nodig van <em>akkoordgever</em>."
            ),
        ),
        (
            RuleData(id="1", kind="hours", params={"days": ["mo", "tu", "we"]}),
            (
                "Berichten en antwoorden buiten <em>maandag tot en met woensdag, 08:00 tot 20:00 uur</em> "
                "krijgen een tip."
            ),
        ),
        (RuleData(id="1", kind="length", strength="warn", params={"most": 1500, "capitals": 0}), None),
        (
            RuleData(id="1", kind="words", strength="block", params={"words": [{"word": "<b>"}]}),
            "Berichten en antwoorden met <em>&lt;b&gt;</em> gaan niet uit.",
        ),
        (RuleData(id="1", kind="magic"), "Deze regel is niet te lezen. Open en herstel hem."),
    ],
)
def test_what_is_enforced_is_one_sentence(rule, told):
    with override("nl"):
        said = enforcement(rule)
    if told is None:
        told = "Berichten en antwoorden langer dan <em>1.500</em> tekens gaan alleen uit met een reden."
    assert said == told


def test_check_items_name_the_rule_quote_the_words_and_put_the_heaviest_first(inside, noor, now):
    version = actions.install_starter_policy(noor, now=now)
    text = "Middels BSN 111222333"
    with override("nl"):
        judgement = judge(
            [
                RuleData(id=entry["key"], **{k: entry[k] for k in ("kind", "params", "strength", "scope")})
                for entry in version.rules
            ],
            MessageFacts(text=text, goal_id="1", goal_finished=True),
        )
        items = check_items(judgement, text, organisation=inside)
        nothing = check_items(judge([], MessageFacts()), "", organisation=inside)
    assert [(item.level, item.rule, list(item.quotes)) for item in items] == [
        ("must", "Geen burgerservicenummers en rekeningnummers", ["111222333"]),
        ("advice", "Gewone woorden", ["Middels"]),
    ]
    assert items[0].rule_url.startswith("/o/korenaar/beleid/handboek/#regel-")
    assert [(item.level, item.text) for item in nothing] == [("fine", "Niets staat in de weg.")]
