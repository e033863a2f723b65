"""Channels, their grants, their health, and attempts to connect one."""

from typing import Any, ClassVar

from django.db import models

from dialoog.channels.states import CHANNEL
from dialoog.core.secrets import SecretField
from dialoog.organisations.models import Member, Owned


class Channel(Owned):
    """An account on a network where we publish and listen."""

    network = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    handle = models.CharField(max_length=253, blank=True)
    # The network's own name for the account (a DID on Bluesky): what never changes.
    remote_id = models.CharField(max_length=255, blank=True)
    address = models.CharField(max_length=255, blank=True)
    url = models.CharField(max_length=500, blank=True)
    grant = SecretField(null=True, blank=True)
    # Whoever refreshes the grant holds it until then; one refresh at a time.
    grant_lease_until = models.DateTimeField(null=True, blank=True)
    grant_version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, choices=CHANNEL.choices(), default=CHANNEL.initial)
    # What the last look at the connection said: "" is good, else the code of the connector's error.
    health_code = models.CharField(max_length=40, blank=True)
    health_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    # No call to this account before then: the network asked us to wait.
    quiet_until = models.DateTimeField(null=True, blank=True)
    inbox_cursor = models.JSONField(null=True, blank=True)
    # What this server or account takes otherwise than its network: some figures of its capability record.
    limits = models.JSONField(default=dict, blank=True)
    # After this only a person can renew the grant.
    consent_ends_at = models.DateTimeField(null=True, blank=True)
    connected_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    connected_at = models.DateTimeField()
    disconnected_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["organisation", "network", "remote_id"],
                condition=models.Q(disconnected_at__isnull=True),
                name="channel_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class NetworkApp(Owned):
    """What the organisation registered at a network so that Dialoog may ask there: filled in once, used by all."""

    network = models.CharField(max_length=20)
    # The fields of the way in that belong to the app, by name.
    secret = SecretField()
    changed_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["organisation", "network"], name="network_app_once")
        ]

    def __str__(self) -> str:
        return self.network


class ExposedMedia(Owned):
    """An image or a film that a network fetches itself, at an address that works for a day and that nobody can guess."""

    token_digest = models.CharField(max_length=64, unique=True)
    # Where it lies in the media folder, under `exposing.FOLDER`.
    file = models.CharField(max_length=64)
    mime = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.file


class ConnectAttempt(Owned):
    """One walk through a network's own sign-in, bound to the person, the session and the organisation."""

    state_digest = models.CharField(max_length=64, unique=True)
    session_digest = models.CharField(max_length=64)
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    network = models.CharField(max_length=20)
    secret = SecretField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.network} by {self.member_id}"
