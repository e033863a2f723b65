"""The facts beside the menus: how many wait, and how each station of the course stands, in few queries."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, IntegerField, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from dialoog.assess.queries import Standing, standing
from dialoog.core.clock import now as read_clock
from dialoog.inbox.models import Conversation
from dialoog.learning.models import Conclusion
from dialoog.measurement.models import Snapshot
from dialoog.organisations.models import Member, Organisation
from dialoog.policy.models import Acceptance, Approval, PolicyVersion
from dialoog.publishing.models import Post
from dialoog.strategy.queries import GoalBrief, open_goals


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What waits, counted in one query."""

    conversations: int
    approvals: int
    conclusions_due: int
    conclusions: int
    policy_number: int | None
    policy_accepted: int
    has_accepted: bool
    members: int
    has_results: bool
    has_posts: bool


def counts(member: Member, *, today: date) -> Counts:
    """Count what waits in the organisation of a member, and what waits for the member."""
    version = PolicyVersion.objects.filter(organisation=OuterRef("pk")).order_by("-number")
    # Asked from a row of Acceptance, so it's that row's organisation that counts.
    of_same = PolicyVersion.objects.filter(organisation=OuterRef("organisation")).order_by("-number")
    accepted = Acceptance.objects.filter(version=Subquery(of_same.values("pk")[:1]), member__is_active=True)
    row = (
        Organisation.objects.filter(pk=member.organisation_id)
        .annotate(
            conversations=_count(Conversation.objects.filter(state="open", waiting_since__isnull=False)),
            approvals=_count(Approval.objects.filter(state="asked").exclude(asked_by=member)),
            due=_count(Conclusion.objects.filter(closed_at=None, look_again_on__lte=today)),
            conclusions=_count(Conclusion.objects.filter(closed_at=None)),
            number=Subquery(version.values("number")[:1]),
            accepted=_count(accepted),
            mine=Exists(accepted.filter(organisation=OuterRef("pk"), member=member)),
            people=_count(Member.objects.filter(is_active=True)),
            results=Exists(Snapshot.objects.filter(organisation=OuterRef("pk"))),
            posts=Exists(Post.objects.filter(organisation=OuterRef("pk"))),
        )
        .values(
            "conversations",
            "approvals",
            "due",
            "conclusions",
            "number",
            "accepted",
            "mine",
            "people",
            "results",
            "posts",
        )
        .get()
    )
    return Counts(
        conversations=row["conversations"],
        approvals=row["approvals"],
        conclusions_due=row["due"],
        conclusions=row["conclusions"],
        policy_number=row["number"],
        policy_accepted=row["accepted"],
        has_accepted=row["mine"],
        members=row["people"],
        has_results=row["results"],
        has_posts=row["posts"],
    )


class Facts:
    """What the frame and Vandaag both tell of an organisation, read once for a request's member."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.today = timezone.localdate(read_clock(), member.organisation.zone)

    @cached_property
    def counts(self) -> Counts:
        """What waits."""
        return counts(self.member, today=self.today)

    @cached_property
    def goals(self) -> list[GoalBrief]:
        """The open goals."""
        return open_goals()

    @cached_property
    def standing(self) -> Standing:
        """Where the organisation stands on the ladder."""
        return standing(self.member)


def facts_of(member: Member) -> Facts:
    """Return the facts of the organisation of a request's member; the row lives as long as the request."""
    kept = member.__dict__.setdefault("_home_facts", None) or Facts(member)
    member.__dict__["_home_facts"] = kept
    return kept


def _count(rows: QuerySet[Any, Model]) -> Coalesce:
    """Return the number of rows of the outer organisation as part of a larger query."""
    own = rows.filter(Q(organisation=OuterRef("pk"))).order_by().values("organisation")
    return Coalesce(Subquery(own.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)
