"""The pages of policy, as people use them."""

import pytest
from django.urls import reverse
from django_scopes import scope

from dialoog.core import offers
from dialoog.policy import actions
from dialoog.policy.models import Acceptance, PolicyVersion, Rule

BASE = "/o/korenaar/beleid/"
XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>"
TYPED = {
    "title": "Geen jargon",
    "text": "Schrijf gewoon.",
    "strength": "warn",
    "p_words": "synergie = samenwerking\nuitrollen",
    "p_roles": ["approver"],
}


@pytest.fixture
def policy(inside, noor, now):
    return actions.install_starter_policy(noor, now=now)


@pytest.fixture
def owner(browse, noor):
    noor.user.language = "en"
    noor.user.save()
    return browse(noor)


def test_the_page_shows_what_people_read_beside_what_is_enforced(
    policy, owner, django_assert_max_num_queries
):
    with django_assert_max_num_queries(15):
        answer = owner.get(BASE)
    assert answer.status_code == 200
    told = answer.content.decode()
    assert "Elk bericht dient een doel" in told
    assert (
        "Posts without a finished goal don&#x27;t go out." in told or "Posts without a finished goal" in told
    )
    assert "need approval of <em>approver</em> or <em>owner</em>" in told
    assert "of 14 rules point the way" in told


def test_an_organisation_without_policy_is_offered_the_starter_set(inside, owner):
    assert "Start with example rules" in owner.get(BASE).content.decode()
    assert owner.post(f"{BASE}starten/").status_code == 303
    assert PolicyVersion.objects.get().number == 1


def test_a_reader_sees_what_holds_and_nothing_to_press(policy, browse, bram, noor, now):
    actions.remove_rule(noor, rule=Rule.objects.get(kind="hours"), now=now)
    told = browse(bram).get(BASE).content.decode()
    assert "Plaats wanneer er iemand is" in told
    assert "regels/nieuw" not in told
    assert "versies/nieuw" not in told


@pytest.mark.parametrize(
    "path",
    [
        "regels/nieuw/",
        "regels/1/",
        "regels/1/verplaatsen/",
        "regels/1/aan/",
        "regels/1/uit/",
        "regels/1/verwijderen/",
        "regels/1/terugzetten/",
        "versies/nieuw/",
        "starten/",
    ],
)
def test_writing_is_for_who_may_edit(policy, browse, sam, path):
    assert browse(sam).post(f"{BASE}{path}").status_code == 403


@pytest.mark.parametrize("path", ["", "handboek/", "versies/", "gelezen/", "regels/nieuw/"])
def test_another_organisation_does_not_show_that_it_exists(policy, browse, tom, path):
    assert browse(tom).get(f"{BASE}{path}").status_code == 404


def test_a_rule_of_another_organisation_is_not_found(policy, browse, tom, vaartland):
    rule_id = Rule.objects.first().pk
    client = browse(tom)
    for path in ("", "uit/", "verwijderen/", "verplaatsen/", "terugzetten/"):
        assert client.post(f"/o/vaartland/beleid/regels/{rule_id}/{path}").status_code == 404
    with scope(organisation=vaartland):
        assert not Rule.objects.exists()


def test_a_rule_is_written_tried_and_saved(policy, owner):
    address = f"{BASE}regels/nieuw/?soort=words"
    assert owner.get(address).status_code == 200
    tried = owner.post(address, TYPED | {"try": "1", "t_text": "Wat een synergie"})
    assert tried.status_code == 200
    told = tried.content.decode()
    assert "Rather write “samenwerking” than “synergie”." in told
    assert "<q>synergie</q>" in told
    assert not Rule.objects.filter(title="Geen jargon").exists()
    saved = owner.post(address, TYPED)
    assert (saved.status_code, saved["Location"]) == (303, BASE)
    rule = Rule.objects.get(title="Geen jargon")
    assert rule.params["words"] == [
        {"word": "synergie", "instead": "samenwerking"},
        {"word": "uitrollen", "instead": ""},
    ]
    again = owner.get(f"{BASE}regels/{rule.pk}/").content.decode()
    assert "synergie = samenwerking\nuitrollen" in again


def test_a_refused_rule_keeps_what_was_typed(policy, owner):
    answer = owner.post(f"{BASE}regels/nieuw/?soort=words", TYPED | {"p_words": " ", "title": ""})
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "Error:" in told
    assert "Fill in “Which words”." in told
    assert "Give the rule a name." in told
    assert "Schrijf gewoon." in told
    assert Rule.objects.count() == 14


@pytest.mark.parametrize(
    ("kind", "typed", "message", "says"),
    [
        ("personal", {"p_looks_for": ["bsn"]}, {"t_text": "BSN 111222333"}, "a citizen service number"),
        ("alt_text", {"p_least": "10"}, {"t_alt": ""}, "no description yet"),
        ("links", {"p_forbidden": "https://bit.ly/x"}, {"t_text": "https://bit.ly/a"}, "link to bit.ly"),
        ("advertising", {"p_labels": "#ad"}, {"t_text": "Koop", "t_ad": "on"}, "advertising"),
        (
            "hours",
            {"p_days": ["mo"], "p_from": "8.00", "p_until": "24:00"},
            {"t_day": "zondag", "t_time": "23:00"},
            "Sunday 23:00 is outside our hours",
        ),
        ("length", {"p_most": "3", "p_least": "0", "p_capitals": "0"}, {"t_text": "abcd"}, "more than 3"),
        ("same_text", {"p_percent": "90"}, {"t_text": "Hoi", "t_other": "hoi"}, "The same text"),
        ("approval", {"p_about": "feest"}, {"t_text": "Feest"}, "This needs approval of approver"),
    ],
)
def test_every_kind_can_be_written_and_tried(policy, owner, kind, typed, message, says):
    strength = "ask_approval" if kind == "approval" else "guide"
    given = {"title": "Regel", "text": "Tekst", "strength": strength, "p_roles": ["approver"]} | typed
    address = f"{BASE}regels/nieuw/?soort={kind}"
    told = owner.post(address, given | message | {"try": "1"})
    assert told.status_code == 200
    assert says in told.content.decode()
    assert owner.post(address, given).status_code == 303
    stored = Rule.objects.get(title="Regel")
    assert owner.get(f"{BASE}regels/{stored.pk}/").status_code == 200
    assert owner.post(f"{BASE}versies/nieuw/", {"note": "Nieuw"}).status_code == 303


@pytest.mark.parametrize(
    "typed",
    [
        {"p_from": "late"},
        {"p_days": ["someday"]},
        {"s_from_day": "ooit"},
        {"s_networks": ["nowhere"]},
        {"strength": "forbid"},
        {"s_from_day": "2-1-2027", "s_until_day": "1-1-2027"},
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field(policy, owner, typed):
    given = {"title": "R", "text": "T", "strength": "guide", "p_days": ["mo"], "p_from": "8", "p_until": "9"}
    given["p_roles"] = ["approver"]
    answer = owner.post(f"{BASE}regels/nieuw/?soort=hours", given | typed)
    assert answer.status_code == 422
    assert not Rule.objects.filter(title="R").exists()


@pytest.fixture
def channels(monkeypatch):
    """Channels as a room above offers them."""
    monkeypatch.setattr(offers, "_sources", [])
    offers.offer_channels(lambda: [("7", "Korenaar <op> Bluesky")])


def test_a_rule_can_be_narrowed_to_a_channel(policy, channels, owner):
    given = {"title": "R", "text": "T", "strength": "ask_approval", "p_about": "", "p_roles": ["approver"]}
    address = f"{BASE}regels/nieuw/?soort=approval"
    assert owner.post(address, given | {"s_channels": ["8"]}).status_code == 422
    assert owner.post(address, given | {"s_channels": ["7"]}).status_code == 303
    rule = Rule.objects.get(title="R")
    assert rule.scope == {"channels": ["7"]}
    assert "on <em>Korenaar &lt;op&gt; Bluesky</em> need approval of <em>approver</em>" in (
        owner.get(BASE).content.decode()
    )
    assert owner.get(f"{BASE}regels/{rule.pk}/").status_code == 200


def test_a_channel_that_is_gone_stays_in_its_rule(policy, owner):
    rule = Rule.objects.get(kind="words")
    Rule.objects.filter(pk=rule.pk).update(scope={"channels": ["7"]})
    assert "on <em>#7</em>" in owner.get(BASE).content.decode()
    assert owner.post(f"{BASE}regels/{rule.pk}/", TYPED | {"s_channels": ["7"]}).status_code == 303
    rule.refresh_from_db()
    assert rule.scope == {"channels": ["7"]}


@pytest.mark.parametrize("typed", ["-1", "x", "", "9" * 30])
def test_a_number_that_does_not_fit_names_its_field(policy, owner, typed):
    given = {
        "title": "R",
        "text": "T",
        "strength": "guide",
        "p_least": "0",
        "p_capitals": "2",
        "p_most": typed,
    }
    answer = owner.post(f"{BASE}regels/nieuw/?soort=length", given | {"p_roles": ["approver"]})
    assert answer.status_code == 422
    assert "“Most characters”" in answer.content.decode()


@pytest.mark.parametrize("kind", ["goal", "magic"])
def test_a_kind_that_cannot_be_added_is_not_found(policy, owner, kind):
    assert owner.get(f"{BASE}regels/nieuw/?soort={kind}").status_code == 404


def test_lowering_the_goal_rule_asks_why_at_its_field(policy, owner):
    rule = Rule.objects.get(kind="goal")
    address = f"{BASE}regels/{rule.pk}/"
    typed = {
        "title": rule.title,
        "text": rule.text,
        "strength": "warn",
        "p_finished": "on",
        "p_roles": ["owner"],
        "s_kinds": ["post"],
    }
    answer = owner.post(address, typed)
    assert answer.status_code == 422
    assert "Say why posts may go out without a finished goal." in answer.content.decode()
    assert owner.post(address, typed | {"because": "We oefenen."}).status_code == 303
    assert "because: We oefenen." in owner.get(BASE).content.decode()


def test_saving_the_goal_rule_as_it_is_lowers_nothing(policy, owner):
    rule = Rule.objects.get(kind="goal")
    typed = {
        "title": rule.title,
        "text": rule.text,
        "strength": "block",
        "p_finished": "on",
        "p_roles": ["approver", "owner"],
        "s_kinds": ["post"],
    }
    assert owner.post(f"{BASE}regels/{rule.pk}/", typed).status_code == 303


def test_switching_the_goal_rule_off_asks_why_and_on_does_not(policy, owner):
    rule = Rule.objects.get(kind="goal")
    assert owner.get(f"{BASE}regels/{rule.pk}/uit/").status_code == 200
    assert owner.post(f"{BASE}regels/{rule.pk}/uit/").status_code == 422
    assert owner.post(f"{BASE}regels/{rule.pk}/uit/", {"because": "Vakantie."}).status_code == 303
    rule.refresh_from_db()
    assert (rule.is_active, rule.lowered_because) == (False, "Vakantie.")
    assert owner.post(f"{BASE}regels/{rule.pk}/aan/").status_code == 303
    rule.refresh_from_db()
    assert (rule.is_active, rule.lowered_because) == (True, "")


def test_the_list_moves_switches_removes_and_puts_back(policy, owner):
    first, second = Rule.objects.all()[:2]
    owner.post(f"{BASE}regels/{second.pk}/verplaatsen/", {"to": "up"})
    assert Rule.objects.first() == second
    owner.post(f"{BASE}regels/{second.pk}/uit/")
    assert not Rule.objects.get(pk=second.pk).is_active
    owner.post(f"{BASE}regels/{second.pk}/verwijderen/")
    told = owner.get(BASE).content.decode()
    assert "has been removed from the draft" in told
    assert owner.get(f"{BASE}regels/{second.pk}/").status_code == 404
    owner.post(f"{BASE}regels/{second.pk}/terugzetten/")
    assert Rule.objects.get(pk=second.pk).removed_at is None
    answer = owner.post(f"{BASE}regels/{first.pk}/verwijderen/", follow=True)
    assert "This rule stays." in answer.content.decode()


def test_the_handbook_is_read_and_accepted(policy, browse, sam):
    client = browse(sam)
    assert 'name="version" value="1"' in client.get(f"{BASE}handboek/").content.decode()
    assert client.post(f"{BASE}handboek/akkoord/", {"version": "1"}).status_code == 303
    assert Acceptance.objects.get().member == sam
    assert 'name="version"' not in client.get(f"{BASE}handboek/").content.decode()
    for wrong in ("", "2", "x", "-1", "9" * 30):
        assert client.post(f"{BASE}handboek/akkoord/", {"version": wrong}).status_code == 404


def test_an_older_version_cannot_be_accepted_any_more(policy, owner, noor, now):
    owner.post(f"{BASE}regels/{Rule.objects.last().pk}/verwijderen/")
    assert owner.post(f"{BASE}versies/nieuw/", {"note": "Een regel minder."}).status_code == 303
    answer = owner.post(f"{BASE}handboek/akkoord/", {"version": "1"}, follow=True)
    assert "There is a newer version." in answer.content.decode()
    assert not Acceptance.objects.exists()


def test_publishing_shows_what_changes_and_asks_a_note(policy, owner):
    rule = Rule.objects.get(kind="words")
    owner.post(f"{BASE}regels/{rule.pk}/", TYPED)
    told = owner.get(f"{BASE}versies/nieuw/").content.decode()
    assert "Geen jargon" in told
    assert "<em>synergie</em>" in told
    assert owner.post(f"{BASE}versies/nieuw/", {"note": " "}).status_code == 422
    assert owner.post(f"{BASE}versies/nieuw/", {"note": "Gewone woorden."}).status_code == 303
    assert "Nothing has changed" in owner.get(f"{BASE}versies/nieuw/").content.decode()
    for path in ("versies/", "versies/1/", "versies/2/"):
        assert owner.get(f"{BASE}{path}").status_code == 200
    assert "Gewone woorden." in owner.get(f"{BASE}versies/2/").content.decode()
    assert owner.get(f"{BASE}versies/3/").status_code == 404


def test_who_has_read_it_is_named(policy, owner, sam, ayse, now):
    actions.accept_version(sam, version=policy, now=now)
    told = owner.get(f"{BASE}gelezen/").content.decode()
    assert "1 of 3 colleagues have read" in told
    assert told.index("Ayşe") < told.index("Sam")


def test_markup_in_a_rule_is_text_everywhere(policy, owner, noor):
    typed = TYPED | {
        "title": XSS,
        "text": XSS,
        "reason": XSS,
        "good_example": XSS,
        "bad_example": XSS,
        "p_words": XSS,
        "s_subjects": XSS,
    }
    assert owner.post(f"{BASE}regels/nieuw/?soort=words", typed).status_code == 303
    rule = Rule.objects.get(kind="words", title=XSS)
    owner.post(f"{BASE}regels/{rule.pk}/verplaatsen/", {"to": "up"})
    pages = ["", f"regels/{rule.pk}/", "versies/nieuw/"]
    seen = [owner.get(f"{BASE}{path}").content.decode() for path in pages]
    seen.append(owner.post(f"{BASE}regels/{rule.pk}/", typed | {"try": "1", "t_text": XSS}).content.decode())
    assert owner.post(f"{BASE}versies/nieuw/", {"note": XSS}).status_code == 303
    seen += [
        owner.get(f"{BASE}{path}").content.decode() for path in ("", "handboek/", "versies/", "versies/2/")
    ]
    owner.post(f"{BASE}regels/{rule.pk}/verwijderen/")
    seen.append(owner.get(BASE).content.decode())
    for told in seen:
        assert "<script>alert" not in told
        assert "<img src=x" not in told


def test_a_rule_that_cannot_be_read_is_shown_and_can_be_mended(policy, owner):
    Rule.objects.filter(kind="words").update(params={"words": "no list"}, scope="nonsense", strength="loud")
    rule = Rule.objects.get(kind="words")
    for path in ("", f"regels/{rule.pk}/", "versies/nieuw/"):
        assert owner.get(f"{BASE}{path}").status_code == 200
    refused = owner.post(f"{BASE}versies/nieuw/", {"note": "Stuk."})
    assert refused.status_code == 422
    assert rule.title in refused.content.decode()
    assert owner.post(f"{BASE}regels/{rule.pk}/", TYPED).status_code == 303


def test_every_address_has_its_page(policy, owner):
    rule_id = Rule.objects.first().pk
    for name, arguments in (("policy", []), ("handbook", []), ("versions", []), ("rule", [rule_id])):
        assert owner.get(reverse(f"policy:{name}", args=["korenaar", *arguments])).status_code == 200
