"""The tables of work: the base of every leased row, and the job."""

from typing import Any, ClassVar

from django.db import models

from dialoog.core.work.states import JOB


class Leased(models.Model):
    """A row that a worker takes for a while: the row is the truth, a lease says who works on it.

    `attempt` grows with every claim; whoever finishes must still hold the same attempt (fencing).
    """

    state = models.CharField(max_length=12)
    due_at = models.DateTimeField()
    attempt = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_by = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True


class Generation(models.Model):
    """Which installation this database belongs to by now, once that was no longer said by its secrets alone."""

    value = models.CharField(max_length=36)

    def __str__(self) -> str:
        return self.value


class Heartbeat(models.Model):
    """A worker that runs, and when it last said so."""

    name = models.CharField(max_length=60, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Job(Leased):
    """Something that must happen once, or again and again: a poll, a snapshot, an event to a receiver.

    `key` says what it is; a second request with the same key is the same job.
    """

    kind = models.CharField(max_length=200)
    key = models.CharField(max_length=300, unique=True)
    organisation_id = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            # Not partial: a statement with parameters can't show SQLite that it fits the condition.
            models.Index(fields=["state", "due_at"], name="job_state_due"),
        ]

    def __str__(self) -> str:
        return self.key

    graph: ClassVar[Any] = JOB
