"""Roles and permissions: which role may do what. Pure data and predicates; no ORM."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from rules.predicates import Predicate
from rules.rulesets import RuleSet


class Role(StrEnum):
    """What a person is in an organisation; one person may be several."""

    OWNER = "owner"
    STRATEGIST = "strategist"
    EDITOR = "editor"
    APPROVER = "approver"
    SERVICE = "service"
    READER = "reader"
    ADVISER = "adviser"

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """The roles as choices of a model field."""
        return [(role.value, role.value) for role in cls]


class Actor(Protocol):
    """Whoever acts: a member with roles."""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of this person here."""
        ...


O, S, E, A, V, R, X = Role  # noqa: E741 - one column a role, read as a table

# Permission: the roles that have it. The adviser comes from outside: no residents' messages, no people.
TABLE: dict[str, tuple[Role, ...]] = {
    "organisation.view": (O, S, E, A, V, R, X),
    "organisation.manage": (O,),
    "people.view": (O, S, E, A, V, R),
    "people.manage": (O,),
    "audit.view": (O, S),
    "scan.view": (O, S, E, A, V, R, X),
    "scan.answer": (O, S, E, A, V, R),
    "scan.manage": (O, S),
    "strategy.view": (O, S, E, A, V, R, X),
    "strategy.edit": (O, S),
    "policy.view": (O, S, E, A, V, R, X),
    "policy.accept": (O, S, E, A, V, R),
    "policy.edit": (O, S),
    "channel.view": (O, S, E, A, V, R, X),
    "channel.manage": (O,),
    "post.view": (O, S, E, A, V, R, X),
    "post.write": (O, S, E, A),
    "post.approve": (O, A),
    "delivery.resolve": (O, E),
    "inbox.view": (O, S, E, A, V, R),
    "inbox.answer": (O, E, V),
    "result.view": (O, S, E, A, V, R, X),
    "result.conclude": (O, S),
    "cost.view": (O, S, E, A, V, R, X),
    "cost.log": (O, S, E, A, V),
    "cost.manage": (O, S),
}

permissions = RuleSet()


def _has_one_of(wanted: Iterable[Role]) -> Predicate:
    roles = frozenset(wanted)

    def predicate(actor: Actor) -> bool:
        return bool(actor.roles & roles)

    return Predicate(predicate, name=f"has_one_of({', '.join(sorted(roles))})")


for _name, _roles in TABLE.items():
    permissions.add_rule(_name, _has_one_of(_roles))


def may(actor: Actor, permission: str) -> bool:
    """Tell whether the actor has the permission.

    Errors: KeyError when no such permission exists, so that a misspelt one fails at once.
    """
    return bool(permissions[permission].test(actor))
