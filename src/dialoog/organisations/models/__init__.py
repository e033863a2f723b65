"""The tables of organisations and people; import them from here."""

from dialoog.organisations.models.audit import AuditEntry
from dialoog.organisations.models.organisation import Department, Organisation, Owned
from dialoog.organisations.models.people import Invitation, Member, RoleGrant, SetupLink, User

__all__ = [
    "AuditEntry",
    "Department",
    "Invitation",
    "Member",
    "Organisation",
    "Owned",
    "RoleGrant",
    "SetupLink",
    "User",
]
