"""Rules in writing, the versions in force, who accepted them, approvals, and looked-up links."""

from typing import Any, ClassVar

from django.db import models

from dialoog.organisations.models import Member, Owned


class Rule(Owned):
    """A rule being written; what is in force is the newest version's snapshot."""

    key = models.UUIDField()
    position = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=120)
    text = models.TextField()
    reason = models.TextField(blank=True)
    good_example = models.TextField(blank=True)
    bad_example = models.TextField(blank=True)
    # Key of policy.rules.KINDS; empty: a rule for people only.
    kind = models.CharField(max_length=40, blank=True)
    params = models.JSONField(default=dict, blank=True)
    scope = models.JSONField(default=dict, blank=True)
    strength = models.CharField(max_length=12, default="guide")
    is_active = models.BooleanField(default=True)
    # Why the goal rule asks less than it does by itself; empty while it asks all.
    lowered_because = models.TextField(blank=True)
    # Taken out of the draft; it can be put back until the next version is published.
    removed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[Any]] = ["position", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["organisation", "key"], name="rule_key_once")
        ]

    def __str__(self) -> str:
        return self.title


class PolicyVersion(Owned):
    """The rules as they were published: these are enforced, read and accepted."""

    number = models.PositiveIntegerField()
    rules = models.JSONField()
    note = models.TextField(blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["organisation", "number"], name="policy_number_once")
        ]

    def __str__(self) -> str:
        return str(self.number)


class Acceptance(Owned):
    """A person read and accepted a version."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="acceptances")
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["version", "member"], name="accepted_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} accepted {self.version_id}"


class Approval(Owned):
    """A question for consent, bound to a hash of exactly what goes out, and its one answer.

    `subject_kind` and `subject_id` name what is asked about ("post", 12): policy judges facts and
    doesn't know posts.
    """

    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    content_hash = models.CharField(max_length=64)
    # Roles any one of which may decide, and the findings that asked for it.
    roles = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    # asked, approved, changes (asked for), withdrawn, expired
    state = models.CharField(max_length=12, default="asked")
    asked_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    needed_by = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    # The asked roles that whoever decided had at that moment: roles change later, the consent doesn't.
    decided_roles = models.JSONField(default=list, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["organisation", "state", "needed_by"], name="approval_waiting"),
            models.Index(fields=["organisation", "subject_kind", "subject_id"], name="approval_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.subject_kind} {self.subject_id}"


class LinkCheck(Owned):
    """Whether an address answered, and when we looked."""

    url = models.CharField(max_length=2048)
    is_reachable = models.BooleanField(null=True)
    status = models.PositiveIntegerField(null=True, blank=True)
    code = models.CharField(max_length=40, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["organisation", "url"], name="link_once")
        ]

    def __str__(self) -> str:
        return self.url
