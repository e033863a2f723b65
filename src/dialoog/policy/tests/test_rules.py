"""What each kind of check finds, and what it leaves alone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dialoog.policy.rules import KINDS, ImageFacts, LinkFacts, MessageFacts, OtherText, RuleData, judge

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def rule(kind, strength="block", scope=None, active=True, **params):
    return RuleData(
        id=f"r-{kind}", kind=kind, strength=strength, params=params, scope=scope or {}, active=active
    )


def codes(rules, **facts):
    return [finding.code for finding in judge(rules, MessageFacts(**facts)).findings]


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=AMSTERDAM)


def test_a_post_without_a_goal_is_held():
    assert codes([rule("goal")], text="Hoi") == ["goal.missing"]
    assert codes([rule("goal")], text="Hoi", goal_id="3") == ["goal.unfinished"]
    assert codes([rule("goal", finished=False)], text="Hoi", goal_id="3") == []
    assert codes([rule("goal")], text="Hoi", goal_id="3", goal_finished=True) == []


def test_a_reply_needs_no_goal():
    assert codes([rule("goal")], text="Hoi", kind="reply") == []


def test_approval_is_asked_for_a_subject_named_or_written():
    rules = [rule("approval", "ask_approval", about=["verkiezing*"], roles=["approver"])]
    assert codes(rules, text="De verkiezingen van maart") == ["approval.needed"]
    assert codes(rules, text="Een feest") == []
    rules = [rule("approval", "ask_approval", about=["Verkiezingen"], roles=["approver"])]
    assert codes(rules, text="Kom stemmen", subjects=("verkiezingen",)) == ["approval.needed"]


def test_what_was_approved_goes_out():
    rules = [rule("approval", "ask_approval", roles=["approver"])]
    asked = judge(rules, MessageFacts(text="Hoi"))
    assert asked.outcome == "approval"
    assert asked.needs_approval == (frozenset({"approver"}),)
    assert not asked.may_go_out()
    assert asked.may_go_out({"approver"})
    given = judge(rules, MessageFacts(text="Hoi", approved_roles=frozenset({"approver"})))
    assert given.outcome == "fine"
    assert given.may_go_out()
    other = judge(rules, MessageFacts(text="Hoi", approved_roles=frozenset({"owner"})))
    assert not other.may_go_out()


def test_listed_words_are_found_whole_with_what_to_write_instead():
    rules = [rule("words", "guide", words=[{"word": "middels", "instead": "met"}, {"word": "burger"}])]
    found = judge(rules, MessageFacts(text="Míddels een burgerberaad; de Burger mag mee.")).findings
    assert [(f.code, f.params["word"], f.params["instead"]) for f in found] == [
        ("words.replace", "middels", "met"),
        ("words.avoid", "burger", ""),
    ]
    assert found[1].quotes == ((29, 35),)


def test_a_listed_word_in_a_link_is_left_alone():
    rules = [rule("words", words=[{"word": "burger"}])]
    assert codes(rules, text="Kijk op https://burger.nl/burger") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BSN 111222333", ["personal.bsn"]),
        ("BSN 111 222 333", ["personal.bsn"]),
        ("BSN 1112.22.333", ["personal.bsn"]),
        ("BSN \uff11\uff11\uff11222333", ["personal.bsn"]),
        ("BSN 111\u200b222333", ["personal.bsn"]),
        ("zaak 111222334", []),
        ("nummer 91112223337", []),
        ("AB111222333", []),
        ("https://x.nl/111222333", []),
        ("000000000", []),
        ("NL91ABNA0417164300", ["personal.iban"]),
        ("nl91 abna 0417 1643 00.", ["personal.iban"]),
        ("NL92ABNA0417164300", []),
        ("BE68 5390 0754 7034", ["personal.iban"]),
        ("DE89370400440532013000", ["personal.iban"]),
        ("bel 06-12345678", ["personal.phone"]),
        ("bel 06 12 34 56 78 nu", ["personal.phone"]),
        ("bel +31 6 1234 5678", ["personal.phone"]),
        ("bel +31 (0)20 624 1111", ["personal.phone"]),
        ("bel (020) 624 11 11", ["personal.phone"]),
        ("bel 0031612345678", ["personal.phone"]),
        ("bel 0800-1234567", []),
        ("bel 14 020", []),
        ("om 08.30-17.00 uur op 01-02-2026", []),
        ("mail jan.jansen+x@voorbeeld.nl.", ["personal.email"]),
        ("@noor.bsky.social en @noor@mastodon.social", []),
        ("€ 1.234.567,89 in 2026", []),
    ],
)
def test_personal_data_is_found_and_the_rest_is_not(text, expected):
    assert codes([rule("personal")], text=text) == expected


def test_data_of_the_organisation_itself_may_be_shown():
    rules = [rule("personal", allowed=["@korenaar.nl", "020 624 11 11", "info@bakkers.nl"])]
    text = "Mail info@korenaar.nl of info@bakkers.nl, bel +31 20 6241111"
    assert codes(rules, text=text) == []
    assert codes(rules, text="Mail jan@bakkers.nl") == ["personal.email"]


def test_images_say_what_is_on_them():
    images = (
        ImageFacts(alt=""),
        ImageFacts(alt="", is_decorative=True),
        ImageFacts(alt="Een bakker vouwt croissants"),
        ImageFacts(alt="IMG_2034.JPG"),
        ImageFacts(alt="brood"),
    )
    found = judge([rule("alt_text")], MessageFacts(images=images))
    assert [(f.code, f.params["images"], f.outcome) for f in found.findings] == [
        ("alt.missing", [1], "block"),
        ("alt.file_name", [4], "block"),
        ("alt.short", [5], "advice"),
    ]


def test_links_keep_to_the_lists():
    allowed = [rule("links", allowed=["korenaar.nl"], reachable=False)]
    assert codes(allowed, text="https://www.korenaar.nl/x en shop.korenaar.nl") == []
    assert codes(allowed, text="https://korenaar.nl.evil.org") == ["links.not_allowed"]
    assert codes(allowed, text="https://evilkorenaar.nl") == ["links.not_allowed"]
    assert codes([rule("links", forbidden=["bit.ly"], reachable=False)], text="https://bit.ly/x") == [
        "links.forbidden"
    ]


def test_a_link_arrives_or_is_still_being_tried():
    rules = [rule("links")]
    text = "Lees https://korenaar.nl/a"
    url = "https://korenaar.nl/a"
    unknown = judge(rules, MessageFacts(text=text))
    assert (unknown.findings[0].code, unknown.outcome) == ("links.unknown", "fine")
    gone = judge(rules, MessageFacts(text=text, links=(LinkFacts(url=url, reachable=False, status=404),)))
    assert (gone.findings[0].code, gone.outcome) == ("links.unreachable", "block")
    assert codes(rules, text=text, links=(LinkFacts(url=url, reachable=True),)) == []


def test_advertising_says_so():
    rules = [rule("advertising")]
    assert codes(rules, text="Koop nu", advertising=True) == ["advertising.no_label"]
    assert codes(rules, text="Koop nu #ad", advertising=True) == []
    assert codes(rules, text="Koop nu", advertising=True, advertising_label="Advertentie") == []
    maybe = judge(rules, MessageFacts(text="Met kortingscode BROOD"))
    assert (maybe.findings[0].code, maybe.outcome) == ("advertising.maybe", "advice")
    assert codes(rules, text="Het recept van vandaag") == []


def test_hours_are_those_of_the_wall():
    rules = [rule("hours")]
    assert codes(rules, planned_at=at(26, 8)) == []
    assert codes(rules, planned_at=at(26, 20)) == ["hours.outside"]
    assert codes(rules, planned_at=at(28, 12)) == ["hours.outside"]
    assert codes(rules, planned_at=None) == []


def test_hours_may_run_past_midnight():
    rules = [rule("hours", **{"days": ["fr"], "from": "22:00", "until": "02:00"})]
    assert codes(rules, planned_at=at(27, 23)) == []
    assert codes(rules, planned_at=at(28, 1, 59)) == []
    assert codes(rules, planned_at=at(28, 2)) == ["hours.outside"]
    assert codes(rules, planned_at=at(27, 1)) == ["hours.outside"]


def test_length_counts_what_people_see():
    rules = [rule("length", most=3, capitals=1)]
    assert codes(rules, text="👨‍👩‍👧‍👦🇳🇱é") == []
    assert codes(rules, text="abcd") == ["length.long"]
    assert codes([rule("length", least=5)], text="abcd") == ["length.short"]
    assert codes([rule("length", capitals=1)], text="GRATIS BROOD voor RIVM") == ["length.capitals"]


def test_a_copy_is_kindly_mentioned_and_never_held():
    text = "Zaterdag bakken we met de kinderen van de wijk de grootste taart"
    rules = [rule("same_text", "warn")]
    others = (
        OtherText(network="mastodon", text=text + " https://x.nl/2"),
        OtherText(network="x", text="Iets"),
    )
    found = judge(rules, MessageFacts(text=text + " https://x.nl/1", other_texts=others))
    assert [(f.code, f.params) for f in found.findings] == [
        ("same_text.copied", {"networks": ["mastodon"], "percent": 100})
    ]
    assert found.outcome == "advice"


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        ({"networks": ["bluesky"]}, True),
        ({"networks": ["mastodon"]}, False),
        ({"except_networks": ["bluesky"]}, False),
        ({"channels": ["7"]}, True),
        ({"channels": ["8"]}, False),
        ({"languages": ["nl"]}, True),
        ({"languages": ["en"]}, False),
        ({"purposes": ["sales"]}, False),
        ({"subjects": ["Feést"]}, True),
        ({"subjects": ["brood"]}, False),
        ({"kinds": ["post", "reply"]}, True),
        ({"kinds": ["reply"]}, False),
        ({"author_roles": ["editor"]}, True),
        ({"author_roles": ["service"]}, False),
        ({"from_day": "2026-11-26", "until_day": "2026-11-26"}, True),
        ({"until_day": "2026-11-25"}, False),
        ({"networks": ["bluesky"], "kinds": ["reply"]}, False),
    ],
)
def test_a_rule_holds_for_its_scope_only(scope, holds):
    facts = {
        "text": "Hoi",
        "network": "bluesky",
        "channel_id": "7",
        "language": "nl",
        "subjects": ("feest",),
        "purpose": "service",
        "author_roles": frozenset({"editor"}),
        "planned_at": at(26, 0, 30),
    }
    assert bool(codes([rule("goal", scope=scope)], **facts)) is holds


def test_what_nobody_knows_keeps_no_rule_from_holding():
    scope = {"networks": ["x"], "channels": ["8"], "languages": ["en"], "author_roles": ["editor"]}
    assert codes([rule("goal", scope=scope)], text="Hoi") == ["goal.missing"]


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        (RuleData(id="1", kind="magic"), "kind"),
        (RuleData(id="1", kind="goal", strength="forbid"), "strength"),
        (RuleData(id="1", kind="goal", params={"finished": "yes"}), "finished"),
        (RuleData(id="1", kind="goal", params={"extra": 1}), "extra"),
        (RuleData(id="1", kind="goal", params=[]), "params"),
        (RuleData(id="1", kind="goal", scope={"networks": "x"}), "networks"),
        (RuleData(id="1", kind="goal", scope={"until_day": "soon"}), "until_day"),
        (RuleData(id="1", kind="words", params={"words": ["a"]}), "words"),
        (RuleData(id="1", kind="words"), "words"),
        (RuleData(id="1", kind="hours", params={"from": "8"}), "from"),
        (RuleData(id="1", kind="length", params={"most": -1}), "most"),
        (RuleData(id="1", kind="links", params={"allowed": ["https://x.nl/"]}), "allowed"),
        (RuleData(id="1", kind="personal", params={"looks_for": ["shoe size"]}), "looks_for"),
        (RuleData(id="1", kind="approval", strength="block"), "strength"),
        (RuleData(id="1", kind="approval", strength="ask_approval", params={"roles": []}), "roles"),
    ],
)
def test_a_broken_rule_is_named_and_never_lets_more_through(broken, where):
    for strength in {broken.strength} & {"guide"} or {broken.strength}:
        judgement = judge([broken], MessageFacts(text="Hoi", goal_id="1", goal_finished=True))
        assert [(f.code, f.params["where"]) for f in judgement.findings] == [("rule.broken", where)]
        assert judgement.blocked is (strength != "guide")


def test_a_rule_that_is_off_or_for_people_only_finds_nothing():
    assert codes([rule("goal", active=False), RuleData(id="1", kind="", strength="block")], text="") == []


def test_every_kind_works_with_its_defaults():
    needed = {"words": {"words": [{"word": "x"}]}}
    rules = [
        RuleData(id=key, kind=key, strength=kind.strengths[-1], params=needed.get(key, {}))
        for key, kind in KINDS.items()
    ]
    found = judge(rules, MessageFacts(text="Een rustig bericht.", goal_id="1", goal_finished=True))
    assert [finding.code for finding in found.findings] == ["approval.needed"]
