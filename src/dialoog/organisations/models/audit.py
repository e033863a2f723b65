"""The audit log: who did what, and what it was before."""

from typing import Any, ClassVar

from django.db import models

from dialoog.organisations.models.organisation import Owned
from dialoog.organisations.models.people import Member


class AuditEntry(Owned):
    """One thing that somebody changed; never edited, never removed by the application."""

    at = models.DateTimeField()
    # None: Dialoog itself, a worker.
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    member_name = models.CharField(max_length=120, blank=True)
    what = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40, blank=True)
    subject_label = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar[list[Any]] = ["-id"]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["organisation", "-id"], name="audit_newest")]

    def __str__(self) -> str:
        return f"{self.what} {self.subject_kind} {self.subject_id}"
