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

    def __str__(self) -> str:
        return f"scan of {self.opened_at:%Y-%m-%d}"


class ScanInvitation(Owned):
    """A link for one answer without an account: single use, expiring, stored as a digest."""

    scan = models.ForeignKey(Scan, on_delete=models.CASCADE, related_name="invitations")
    token_digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.email or f"invitation {self.pk}"


class ScanAnswer(Owned):
    """One person's four choices. An answer by invitation knows no name, only the department."""

    scan = models.ForeignKey(Scan, on_delete=models.CASCADE, related_name="answers")
    member = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.SET_NULL)
    # {"focus": 1, "hr": 2, ...}: points by question, as assess.rules reads them.
    answers = models.JSONField()
    points = models.PositiveSmallIntegerField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["scan", "member"], condition=models.Q(member__isnull=False), name="one_answer_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.points} points"
