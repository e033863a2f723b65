"""The composer as it is shown: the form, the previews, the checks, and what the button will do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.forms import BoundField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from dialoog.channels.models import Channel
from dialoog.channels.queries import publishing_channels, starts_chosen
from dialoog.core.clock import WallTime
from dialoog.core.errors import Conflict, Invalid
from dialoog.organisations.models import Member
from dialoog.publishing.actions.planning import Fold, is_changed_since, wall_time
from dialoog.publishing.checks import PostCheck, check_post, read_along
from dialoog.publishing.drafting import Content, content_of
from dialoog.publishing.forms import ComposeForm, initial_of
from dialoog.publishing.models import Delivery, Post
from dialoog.publishing.queries.cards import approver_names, channel_labels, icon_of
from dialoog.publishing.queries.pages import approvals_of
from dialoog.publishing.rules import can_change
from dialoog.publishing.showing import Counter, checklist, counter, preview
from dialoog.publishing.words import sentence
from dialoog.strategy.queries import GoalBrief, goal_brief, open_goals
from dialoog.ui.formats import clock, day_long, moment

_EMPTY: Final = PostCheck(channels=(), images=(), goal=None)


@dataclass
class Desk:
    """One composer: whose, on which post (None while nothing is kept), with which channels and goals."""

    member: Member
    post: Post | None
    now: datetime
    channels: Sequence[Channel]
    goals: Sequence[GoalBrief]
    form: ComposeForm
    clash: Conflict | None = None
    is_kept: bool = False
    deliveries: Sequence[Delivery] = ()

    @property
    def is_open(self) -> bool:
        """Whether the post may still change: nothing of it is being sent or out."""
        return can_change([one.state for one in self.deliveries])

    @property
    def revision(self) -> int | str:
        """The revision on which the next save builds: what was kept or shown beside it, else what was opened."""
        if self.post is None:
            return ""
        if self.is_kept or self.clash or not self.form.is_bound:
            return self.post.revision
        return self.form["revision"].value() or ""

    @property
    def stored(self) -> Content:
        """What is kept of the post."""
        return content_of(self.post) if self.post else Content(language=self.member.organisation.language)


def open_desk(
    member: Member,
    post: Post | None,
    *,
    now: datetime,
    data: QueryDict | None = None,
    files: MultiValueDict[str, Any] | None = None,
    day: date | None = None,
) -> Desk:
    """Return the composer with what was typed (`data`), or with what is kept.

    A new post starts on all channels that are chosen by default; `day` is the wish that came with the address.
    """
    deliveries = list(Delivery.objects.filter(post=post).defer("content", "payload")) if post else []
    channels, goals = publishing_channels(), _goals(post)
    if post:
        if post.author_id == member.pk:
            post.author = member  # whose roles are known already
        read_along(post)
        content = content_of(post)
    else:
        content = Content(
            language=member.organisation.language,
            own_texts={one.pk: None for one in channels if starts_chosen(one)},
            day=day,
        )
    form = ComposeForm(
        data,
        files,
        initial=initial_of(post, content),
        today=now.astimezone(member.organisation.zone).date(),
        channels=channels,
        goals=goals,
        images=list(post.images.all()) if post else [],
        auto_id="id_%s",
    )
    return Desk(
        member=member, post=post, now=now, channels=channels, goals=goals, form=form, deliveries=deliveries
    )


def _goals(post: Post | None) -> list[GoalBrief]:
    """Return the goals to choose from; the post's own stays among them when it was closed meanwhile."""
    goals = open_goals()
    if post and post.goal_id and all(goal.id != post.goal_id for goal in goals):
        closed = goal_brief(post.goal_id)
        goals += [closed] if closed else []
    return goals


def context_of(desk: Desk, *, slug: str) -> dict[str, Any]:
    """Return all that the composer's page shows."""
    wall = _wall(desk)
    planned_at = wall.moment if wall else None
    checked = (
        check_post(desk.post, planned_at=planned_at, now=desk.now, goals=desk.goals) if desk.post else _EMPTY
    )
    items = checklist(checked, organisation=desk.member.organisation)
    return {
        "form": desk.form,
        "post": desk.post,
        "revision": desk.revision,
        "tabs": _tabs(desk, checked),
        "images": list(desk.form.described_images()),
        "previews": [preview(one, checked.images, slug=slug) for one in checked.channels],
        "checks": items,
        "musts": sum(item.level == "must" for item in items),
        "needs_reason": checked.needs_reason or bool(desk.form["advice_reason"].value()),
        "when_note": _when_note(wall),
        "asks_fold": bool(wall and wall.status == "repeated"),
        "go": _label(desk, checked, wall),
        "saved": _saved(desk),
        "clash": _clash(desk),
        "asked_to_change": _asked_to_change(desk),
        "has_channels": bool(desk.channels),
        "has_goals": bool(desk.goals),
        "today": day_long(desk.now),
    }


def _wall(desk: Desk) -> WallTime | None:
    if desk.post is None:
        return None
    try:
        return wall_time(
            desk.post, desk.post.planned_day, desk.post.planned_time, fold=_fold(desk) or "first"
        )
    except Invalid:
        return None


def _fold(desk: Desk) -> Fold | None:
    chosen = desk.form["fold"].value()
    if chosen == "second":
        return "second"
    return "first" if chosen == "first" else None


@dataclass(frozen=True, kw_only=True)
class TabRow:
    """One channel in the composer, ready to place; the first chosen one is open unless another was."""

    channel: Channel
    label: str
    icon: str
    own: BoundField
    text: BoundField
    counter: Counter
    is_chosen: bool
    is_open: bool


def _tabs(desk: Desk, checked: PostCheck) -> list[TabRow]:
    texts = {one.channel.pk: one.text for one in checked.channels}
    main = str(desk.form["text"].value() or "")
    tabs, labels = list(desk.form.tabs()), channel_labels(desk.channels)
    opened = desk.form.data.get("tab", "") or next((str(tab.channel.pk) for tab in tabs if tab.is_chosen), "")
    return [
        TabRow(
            channel=tab.channel,
            label=labels[tab.channel.pk],
            icon=icon_of(tab.channel.network),
            own=tab.own,
            text=tab.text,
            counter=counter(tab.channel, texts.get(tab.channel.pk, main)),
            is_chosen=tab.is_chosen,
            is_open=str(tab.channel.pk) == opened,
        )
        for tab in tabs
    ]


def _when_note(wall: WallTime | None) -> str:
    if wall is None or wall.status == "ok":
        return ""
    if wall.status == "skipped":
        return _("That night the clock goes forward and this time is skipped. It becomes %(time)s.") % {
            "time": f"{wall.shown_at:%H:%M}"
        }
    return _("That night the clock goes back and this time comes twice. Choose which one you mean.")


def _label(desk: Desk, checked: PostCheck, wall: WallTime | None) -> str:
    """Say what the button will do."""
    groups = {one.roles for one in checked.missing()}
    if groups and not checked.stopped and desk.deliveries:
        return _("Ask for approval")
    if groups and not checked.stopped:
        names = approver_names()
        found = {name for roles in groups for role in roles for name in names.get(role, [])}
        found.discard(str(desk.member))
        return (
            _("Ask %(name)s for approval") % {"name": found.pop()}
            if len(found) == 1
            else _("Ask for approval")
        )
    if wall is None:
        return _("Plan post")
    words = (
        _("Plan the change for %(moment)s") if desk.post and desk.post.due_at else _("Plan for %(moment)s")
    )
    return words % {"moment": moment(wall.moment)}


def _saved(desk: Desk) -> str:
    if desk.clash:
        return _("Not saved")
    if desk.post is None:
        return ""
    at = {"time": clock(desk.post.changed_at)}
    if desk.post.due_at and is_changed_since(desk.post, desk.deliveries):
        return _("Change saved %(time)s, not planned yet") % at
    return _("Saved %(time)s") % at


def _clash(desk: Desk) -> dict[str, Any] | None:
    if desk.clash is None or desk.post is None:
        return None
    is_mendable = desk.clash.code == "post_changed"
    return {"said": sentence(desk.clash), "text": desk.post.text, "is_mendable": is_mendable}


def _asked_to_change(desk: Desk) -> str:
    """Return what an approver asked for, while nothing of the post is planned again."""
    if desk.post is None or desk.post.due_at or not desk.deliveries:
        return ""
    latest = next(iter(approvals_of(desk.post)), None)
    if latest is None or latest.state != "changes":
        return ""
    return f"{latest.decided_by}: {latest.reason}" if latest.decided_by else latest.reason
