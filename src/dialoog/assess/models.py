"""The growth scan: a round of it, invitations without an account, and answers (M1.1, M1.2)."""

from typing import Any, ClassVar

from django.db import models

from dialoog.organisations.models import Department, Member, Owned


class Scan(Owned):
    """One round: everybody answers the four questions of conscience; the ladder shows the path."""

    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[Any]] = ["-opened_at", "-id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(closed_at__isnull=True), name="one_open_scan"
            )
        ]

    def __str__(self) -> str:
        return f"scan of {self.opened_at:%Y-%m-%d}"


class ScanInvitation(Owned):
    """A link for one answer without an account: single use, expiring, stored as a digest.

    It is kept without a name, and used without a time of day: nothing here leads to an answer.
    """

    scan = models.ForeignKey(Scan, on_delete=models.CASCADE, related_name="invitations")
    token_digest = models.CharField(max_length=64, unique=True)
    # 1, 2, 3 ... within the round: the name by which people tell links apart.
    number = models.PositiveIntegerField(default=1)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_on = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link {self.number}"


class ScanAnswer(Owned):
    """One person's four choices. An answer by invitation knows no name, only the department.

    A member's answer can be changed until the round closes; then the member is forgotten, unless so
    few answered that nobody but the member ever sees it.
    """

    scan = models.ForeignKey(Scan, on_delete=models.CASCADE, related_name="answers")
    member = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.SET_NULL)
    # {"focus": 1, "hr": 2, ...}: points by question, as assess.rules reads them.
    answers = models.JSONField()
    points = models.PositiveSmallIntegerField()
    answered_on = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["scan", "member"], condition=models.Q(member__isnull=False), name="one_answer_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.points} points"
