"""Every route x every role x two organisations, from the list of addresses itself: a new one without an entry fails."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django_scopes import scope

from dialoog.organisations.roles import TABLE, Role

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)

# Addresses that need no membership, each with the reason.
PUBLIC = {
    "home:start": "leads to sign-in or to one's organisation",
    "home:account": "one's own account, behind sign-in",
    "home:setup": "opened by a one-time link",
    "home:setup-owner": "opened by a one-time link",
    "organisations:join": "opened by an invitation",
    "assess:by-link": "opened by an invitation to the scan",
    "assess:by-link-question": "opened by an invitation to the scan",
    "assess:by-link-check": "opened by an invitation to the scan",
    "assess:by-link-thanks": "opened by an invitation to the scan",
    "newsroom:news": "the public newsroom",
    "newsroom:rss": "the public newsroom",
    "newsroom:json": "the public newsroom",
    "newsroom:widget": "the public newsroom",
    "newsroom:script": "the public newsroom",
    "newsroom:item": "the public newsroom",
    "newsroom:image": "the public newsroom",
    "channels:exposed": "what a network fetches: an unguessable address that works for a day",
    "channels:client_document": "read by the servers at which people sign in",
    "live": "asked by machines: whether the process answers",
    "ready": "asked by machines: whether pages can be served",
    "metrics": "figures without names, for a token or this very machine",
    "account_email": "leads to one's own account",
    "channels:back": "where a network's sign-in comes back; bound to session, person and organisation",
}


def routes():
    """Return (name, route, view) of every address of our own rooms."""
    found = []

    def walk(resolver, prefix, space):
        for one in resolver.url_patterns:
            if isinstance(one, URLResolver):
                inner = f"{space}{one.namespace}:" if one.namespace else space
                walk(one, prefix + str(one.pattern), inner)
            elif isinstance(one, URLPattern) and not prefix.startswith("account/"):
                found.append((f"{space}{one.name}", prefix + str(one.pattern), one.callback))

    walk(get_resolver(), "", "")
    return found


ROUTES = routes()
SCREENS = [(name, route, view) for name, route, view in ROUTES if hasattr(view, "permission")]


def test_every_address_is_guarded_or_public_for_a_reason():
    unguarded = {name for name, _route, view in ROUTES if not hasattr(view, "permission")}
    assert unguarded == set(PUBLIC) & unguarded, f"without an entry: {unguarded - set(PUBLIC)}"
    assert not set(PUBLIC) - unguarded, f"no such address: {set(PUBLIC) - unguarded}"


def test_every_guarded_address_names_the_organisation_first():
    assert [name for name, route, _view in SCREENS if not route.startswith("o/<slug:slug>/")] == []


def make_things(organisation, member):
    """Make one of everything that stands in an address, and return the ids by the name of the argument."""
    from dialoog.assess.models import Scan, ScanInvitation
    from dialoog.channels.models import Channel, ConnectAttempt
    from dialoog.inbox.models import Conversation, Person
    from dialoog.learning.models import Conclusion
    from dialoog.measurement.models import Cost, Hours, Rate
    from dialoog.organisations.models import Department, Invitation
    from dialoog.policy.models import PolicyVersion, Rule
    from dialoog.publishing.models import Delivery, Media, Post
    from dialoog.strategy.models import Goal, StrategicGoal

    own = {"organisation": organisation}
    today = date(2026, 11, 26)
    channel = Channel.objects.create(
        **own, network="newsroom", name="Nieuws", remote_id=str(organisation.pk), connected_at=NOW
    )
    strategic = StrategicGoal.objects.create(**own, title="Groeien", created_at=NOW)
    goal = Goal.objects.create(**own, title="Meer brood", created_at=NOW)
    post = Post.objects.create(**own, text="Brood", author=member, created_at=NOW, changed_at=NOW)
    delivery = Delivery.objects.create(
        **own, channel=channel, post=post, author=member, content={"text": "Brood", "language": "nl", "images": []},
        content_hash="x", key="k", instance_id="i", state="published", due_at=NOW, published_at=NOW,
    )  # fmt: skip
    person = Person.objects.create(
        **own, network="bluesky", remote_id="did:x", first_seen_at=NOW, last_seen_at=NOW
    )
    scan = Scan.objects.create(**own, opened_at=NOW, opened_by=member)
    PolicyVersion.objects.create(**own, number=1, rules=[], published_at=NOW)
    things = {
        "goal_id": goal,
        "strategic_id": strategic,
        "rule_id": Rule.objects.create(**own, key=uuid.uuid4(), title="R", text="T", updated_at=NOW),
        "post_id": post,
        "delivery_id": delivery,
        "channel_id": channel,
        "media_id": Media.objects.create(
            **own,
            sha256="a" * 64,
            name="b.jpg",
            mime="image/jpeg",
            width=1,
            height=1,
            size=1,
            uploaded_at=NOW,
        ),
        "conversation_id": Conversation.objects.create(
            **own, channel=channel, person=person, root_uri="at://x", last_at=NOW, opened_at=NOW
        ),
        "hours_id": Hours.objects.create(
            **own, member=member, day=today, minutes=5, activity="other", entered_at=NOW
        ),
        "rate_id": Rate.objects.create(**own, per_hour=Decimal(1), currency="EUR", starts_on=today),
        "cost_id": Cost.objects.create(
            **own, day=today, amount=Decimal(1), currency="EUR", kind="tools", is_monthly=True, entered_at=NOW
        ),
        "conclusion_id": Conclusion.objects.create(**own, text="x", look_again_on=today, made_at=NOW),
        "member_id": member,
        "attempt_id": ConnectAttempt.objects.create(
            **own,
            state_digest=str(organisation.pk) * 8,
            session_digest="x",
            member=member,
            network="bluesky",
            secret={},
            created_at=NOW,
            expires_at=NOW + timedelta(days=9000),
        ),
        "department_id": Department.objects.create(**own, name="Winkel"),
    }
    ids = {name: thing.pk for name, thing in things.items()}
    expires = NOW + timedelta(days=9000)
    digest = f"{organisation.pk}" * 8
    ids["invitation_id"] = Invitation.objects.create(
        **own, token_digest=digest, created_at=NOW, expires_at=expires
    ).pk
    ids["scan_invitation"] = ScanInvitation.objects.create(
        **own, scan=scan, token_digest=digest, created_at=NOW, expires_at=expires
    ).pk
    return {
        "slug": organisation.slug,
        "number": 1,
        "token": "x",
        **ids,
        "network": "bluesky",
        "way": "app-wachtwoord",
    }


@pytest.fixture
def things(korenaar, noor):
    with scope(organisation=korenaar):
        return make_things(korenaar, noor)


@pytest.fixture
def foreign(vaartland, tom):
    with scope(organisation=vaartland):
        return make_things(vaartland, tom)


def address(name, route, arguments):
    wanted = [part.split(">")[0].split(":")[-1] for part in route.split("<")[1:]]
    values = {key: arguments[key] for key in wanted}
    if name == "assess:link-withdraw":
        values["invitation_id"] = arguments["scan_invitation"]
    return reverse(name, kwargs=values)


def names_a_thing(route):
    return any(f"{name}>" in route for name in ("_id",))


@pytest.mark.parametrize(("name", "route", "view"), SCREENS, ids=[name for name, *_ in SCREENS])
def test_a_visitor_is_asked_to_sign_in_and_a_stranger_finds_nothing(
    name, route, view, things, tom, browse, client
):
    url = address(name, route, things)
    for method in ("get", "post"):
        answer = getattr(client, method)(url)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))
        assert getattr(browse(tom), method)(url).status_code == 404


@pytest.mark.parametrize(("name", "route", "view"), SCREENS, ids=[name for name, *_ in SCREENS])
def test_each_role_gets_in_exactly_where_the_table_says(
    name, route, view, things, korenaar, browse, make_member
):
    url = address(name, route, things)
    for role in Role:
        member = make_member(korenaar, f"{role.value}".capitalize(), role.value)
        answer = browse(member).get(url)
        may = role in TABLE[view.permission]
        if may:
            assert answer.status_code in {200, 302, 303, 405} or (
                answer.status_code == 404 and name in EMPTY
            ), (role, answer.status_code)
        else:
            assert answer.status_code == 403, role


# Pages that answer 404 for another good reason than who looks: the sample image has no file, an attempt to
# connect is bound to the session that began it ...
EMPTY = {
    "publishing:image",
    "publishing:image-small",
    "publishing:post-undo",
    "assess:links",
    "channels:go",
    "channels:choose",
}


@pytest.mark.parametrize(
    ("name", "route", "view"),
    [one for one in SCREENS if names_a_thing(one[1])],
    ids=[name for name, route, _ in SCREENS if names_a_thing(route)],
)
def test_a_thing_of_another_organisation_is_not_there(name, route, view, foreign, korenaar, noor, browse):
    url = address(name, route, {**foreign, "slug": korenaar.slug})
    assert browse(noor).get(url).status_code in {404, 405}
    assert browse(noor).post(url).status_code in {404, 405}
