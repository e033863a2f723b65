"""Fills the example organisation: a year of work, through the same actions that the screens use.

The clock is stopped at each moment of the year in turn; the worker's own loop then sends, fetches and
counts as it would have. The same seed and day give the same year.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django_scopes import scope

from dialoog.assess.actions import answer as answer_scan
from dialoog.assess.actions import close_scan, open_scan
from dialoog.channels import actions
from dialoog.channels.queries import connected_channels, publishing_channels
from dialoog.core.clock import frozen
from dialoog.core.money import Money
from dialoog.core.work.worker import run_due
from dialoog.demo import story
from dialoog.home.actions import set_up
from dialoog.inbox.actions import answer as answer_person
from dialoog.inbox.actions import finish
from dialoog.inbox.models import Conversation
from dialoog.learning.actions import close, conclude
from dialoog.learning.queries import due, waiting
from dialoog.measurement.actions.books import add_cost, log_hours, set_rate
from dialoog.measurement.actions.readings import count_soon, read_soon
from dialoog.newsroom.actions import count_read
from dialoog.newsroom.models import Item
from dialoog.organisations.actions import accept_as_new, add_department, invite, new_setup_link
from dialoog.organisations.models import Department, Member
from dialoog.policy.actions import accept_version
from dialoog.policy.queries import version_in_force
from dialoog.publishing.actions import plan_post, publish_now, start_draft
from dialoog.publishing.drafting import Content
from dialoog.publishing.models import Post
from dialoog.strategy.actions import GoalContent, create_goal, create_strategic_goal
from dialoog.strategy.models import Goal

SEED: Final = 1926
WEEKS: Final = 52
QUESTIONS: Final = ("focus", "hr", "field", "policy")


@dataclass
class Example:
    """The example while it's being filled."""

    now: datetime
    chance: random.Random
    bluesky: Any | None = None
    owner: Member = field(init=False)
    members: dict[str, Member] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)
    residents: list[Any] = field(default_factory=list)

    def at(self, weeks_ago: float, hour: int = 10) -> datetime:
        """Return a moment so many weeks before now, at an hour (UTC) of a working day."""
        moment = self.now - timedelta(weeks=weeks_ago)
        moment = moment.replace(hour=hour, minute=self.chance.randrange(60), second=0, microsecond=0)
        while moment.weekday() > 4:
            moment -= timedelta(days=1)
        return min(moment, self.now)

    @property
    def writer(self) -> Member:
        """Who writes and answers."""
        return self.members["Youssef Amrani"]


def fill(*, now: datetime, seed: int = SEED, bluesky: Any | None = None, weeks: int = WEEKS) -> Example:
    """Make the example organisation up to `now`; `bluesky` is a running local server, or None."""
    example = Example(now=now, chance=random.Random(seed), bluesky=bluesky)  # noqa: S311 - a story, no secret
    _people(example, weeks)
    with scope(organisation=example.owner.organisation):
        _strategy(example, weeks)
        _channels(example, weeks)
        _scan(example, weeks, generous=0)
        for week in range(weeks, 0, -1):
            _week(example, week)
        _scan(example, 0.2, generous=1)
        _today(example)
    return example


def _people(example: Example, weeks: int) -> None:
    began = example.at(weeks + 1)
    with frozen(began):
        example.owner = set_up(
            token=new_setup_link(now=began),
            name=story.ORGANISATION,
            language="nl",
            person=story.OWNER,
            email=_email(story.OWNER),
            password=story.PASSWORD,
            now=began,
        )
        example.members[story.OWNER] = example.owner
        with scope(organisation=example.owner.organisation):
            for name in story.DEPARTMENTS:
                add_department(example.owner, name=name, now=began)
            if version := version_in_force():
                accept_version(example.owner, version=version, now=began)
            for colleague in story.COLLEAGUES:
                example.members[colleague.name] = _colleague(example, colleague, began)


def _email(name: str) -> str:
    return f"{name.split(maxsplit=1)[0].lower()}@vaartland.example"


def _colleague(example: Example, colleague: story.Colleague, now: datetime) -> Member:
    department = Department.objects.get(name=colleague.department)
    _made, token = invite(
        example.owner, email=_email(colleague.name), roles=colleague.roles, department=department, now=now
    )
    member = accept_as_new(
        token, name=colleague.name, email=_email(colleague.name), password=story.PASSWORD, now=now
    )
    version = version_in_force()
    if version and example.chance.random() < 0.8:
        accept_version(member, version=version, now=now)
    return member


def _strategy(example: Example, weeks: int) -> None:
    began = example.at(weeks + 0.8)
    wide = create_strategic_goal(
        example.owner, title="Inwoners weten ons te vinden", strategy="communication", now=began
    )
    for content in _goal_contents(example, wide, weeks):
        example.goals.append(create_goal(example.owner, content=content, now=began))
    set_rate(example.owner, per_hour=Money(Decimal("52.50")), starts_on=began.date(), now=began)
    add_cost(
        example.owner,
        day=began.date(),
        amount=Money(Decimal("39.00")),
        kind="tools",
        is_monthly=True,
        now=began,
    )


def _goal_contents(example: Example, wide: Any, weeks: int) -> Iterator[GoalContent]:
    first = (example.now - timedelta(weeks=weeks)).date()
    last = (example.now + timedelta(weeks=13)).date()
    shared = GoalContent(
        title="", starts_on=first, due_on=last, budget_hours=Decimal(160), owner=example.owner
    )
    yield replace(
        shared,
        title="Vragen snel beantwoord",
        purpose="service",
        why="Bellen duurt lang en de balie is vol.",
        strategic_goal=wide,
        metric="conversations",
        counted_over="all",
        target=Decimal(120),
    )
    yield replace(
        shared,
        title="Nieuws uit Vaartland gelezen",
        purpose="profile",
        why="Wie ons leest hoeft niet te bellen.",
        strategic_goal=wide,
        metric="reads",
        counted_over="all",
        target=Decimal(1200),
    )
    yield replace(
        shared,
        title="Vacatures onder de aandacht",
        purpose="recruitment",
        why="De helft van de vacatures staat open.",
        metric="posts",
        counted_over="goal",
        target=Decimal(30),
    )


def _channels(example: Example, weeks: int) -> None:
    server = example.bluesky
    if server is None:
        return
    account = server.create_account("vaartland.test")
    began = example.at(weeks + 0.5)
    with frozen(began):
        actions.connect(
            example.owner,
            network="bluesky",
            way="app-wachtwoord",
            typed={"address": server.url, "handle": account.handle, "password": server.app_password(account)},
            now=began,
        )
    example.residents = [server.create_account(f"{name}.test") for name in story.RESIDENTS]


def _scan(example: Example, weeks_ago: float, *, generous: int) -> None:
    at = example.at(weeks_ago)
    scan = open_scan(example.owner, now=at)
    for member in list(example.members.values())[:5]:
        points = {
            name: min(2, 1 + example.chance.randrange(2) + generous * example.chance.randrange(2))
            for name in QUESTIONS
        }
        answer_scan(member, answers=points, now=at)
    close_scan(example.owner, scan=scan, now=at + timedelta(hours=1))


def _week(example: Example, week: int) -> None:
    """One week of the year: a post or two, what people said, an answer, hours, sometimes a conclusion."""
    for number in range(1 + example.chance.randrange(2)):
        at = example.at(week - number * 0.3)
        with frozen(at):
            _post(example, at)
            run_due(at)
        soon = at + timedelta(hours=2, minutes=30)
        with frozen(soon):
            run_due(soon)
            _answers(example, soon)
    _reads(example, week)
    later = example.at(week - 0.5, hour=13)
    with frozen(later):
        if week % 4 == 0:
            log_hours(
                example.owner,
                day=later.date(),
                minutes=60 + example.chance.randrange(120),
                activity="planning",
                now=later,
            )
        for channel in connected_channels():
            read_soon(channel, now=later)
        count_soon(example.owner.organisation_id, now=later)
        run_due(later)
        if week % 13 == 0:
            _conclude(example, week, later)


def _post(example: Example, at: datetime) -> None:
    about, text = example.chance.choice(story.POSTS)
    post = _draft(example, f"{text} (week {at.isocalendar().week})", about, at)
    publish_now(example.writer, post=post, now=at)
    run_due(at)
    _react(example, post, at)


def _draft(example: Example, text: str, about: int, at: datetime) -> Post:
    channels: dict[int, str | None] = {channel.pk: None for channel in publishing_channels()}
    content = Content(text=text, goal_id=example.goals[about].pk, own_texts=channels)
    return start_draft(example.writer, content=content, now=at)


def _react(example: Example, post: Post, at: datetime) -> None:
    """Let residents react on the local server, as people there would."""
    ref = _ref(post)
    if ref is None:
        return
    for person in example.residents:
        when = at + timedelta(minutes=20 + example.chance.randrange(90))
        if example.chance.random() < 0.4:
            _put(example, person, "app.bsky.feed.like", when, {"subject": ref})
        if example.chance.random() < 0.25:
            _say(example, person, example.chance.choice(story.REACTIONS), ref, when)


def _ref(post: Post) -> dict[str, str] | None:
    delivery = post.deliveries.filter(channel__network="bluesky", state="published").first()
    return {"uri": delivery.remote_uri, "cid": delivery.remote_cid} if delivery else None


def _say(example: Example, person: Any, text: str, ref: dict[str, str], when: datetime) -> None:
    _put(example, person, "app.bsky.feed.post", when, {"text": text, "reply": {"root": ref, "parent": ref}})


def _put(example: Example, person: Any, kind: str, when: datetime, record: dict[str, Any]) -> None:
    at = when.isoformat().replace("+00:00", "Z")
    example.bluesky.create_record(person, kind, {**record, "createdAt": at})  # type: ignore[union-attr] # there are residents, so there is a server


def _reads(example: Example, week: int) -> None:
    day = example.at(week).date()
    item = Item.objects.order_by("-published_at").first()
    if item is None:
        return
    for _ in range(10 + example.chance.randrange(25)):
        count_read(organisation_id=item.organisation_id, item_id=item.pk, through="page", day=day)


def _answers(example: Example, at: datetime) -> None:
    """Answer most of those who wait; the last weeks leave some waiting, as in life."""
    if at > example.now - timedelta(days=2):
        return
    for conversation in Conversation.objects.filter(state="open", waiting_since__isnull=False)[:6]:
        if example.chance.random() < 0.85:
            answer_person(
                example.writer, conversation=conversation, text=example.chance.choice(story.ANSWERS), now=at
            )
            run_due(at + timedelta(minutes=2))
            finish(example.writer, conversation=conversation, now=at)


def _conclude(example: Example, week: int, at: datetime) -> None:
    for earlier in waiting(at.date()) + due(at.date()):
        close(example.owner, conclusion=earlier, outcome=story.OUTCOME, now=at)
    text, action = story.CONCLUSIONS[(week // 13) % len(story.CONCLUSIONS)]
    conclude(
        example.owner,
        text=text,
        action=action,
        owner=example.members["Dylan Bos"],
        look_again_on=(at + timedelta(weeks=12)).date(),
        goal=example.goals[0],
        now=at,
    )


def _today(example: Example) -> None:
    """Leave something for today and the coming days: who wrote lately, what is planned, asked and begun."""
    now = example.now
    _lately(example, now - timedelta(hours=5))
    for days, hour, (about, text) in story.PLANNED:
        local = (now + timedelta(days=days)).astimezone(example.owner.organisation.zone).replace(hour=hour)
        post = _draft(example, text, about, now)
        plan_post(example.writer, post=post, day=local.date(), time=time(hour), now=now)
    for about, text in story.BEGUN:
        _draft(example, text, about, now)
    run_due(now)


def _lately(example: Example, at: datetime) -> None:
    """Publish once more a few hours ago; those who react to it are still waiting."""
    about, text = story.LATELY
    with frozen(at):
        post = _draft(example, text, about, at)
        publish_now(example.writer, post=post, now=at)
        run_due(at)
    ref = _ref(post)
    for number, (person, said) in enumerate(zip(example.residents, story.WAITING, strict=False)):
        if ref:
            _say(example, person, said, ref, at + timedelta(minutes=40 + 55 * number))
