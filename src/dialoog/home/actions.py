"""Starting an organisation: its people, rules, newsroom and estimates in one go."""

from datetime import datetime

from django.db import transaction
from django_scopes import scope

from dialoog.channels.actions import install_builtin
from dialoog.measurement.actions.books import install_starter_norms
from dialoog.organisations.actions import found_organisation, start_organisation
from dialoog.organisations.models import Member, User
from dialoog.policy.actions import install_starter_policy


@transaction.atomic
def set_up(  # noqa: PLR0913 - all that the set-up asked
    *, token: str, name: str, language: str, person: str, email: str, password: str, now: datetime
) -> Member:
    """Make the first organisation with its owner, its starter policy, its newsroom and its estimates.

    Errors: NotFound when the link closed meanwhile; Invalid(field) for what can't be used.
    """
    owner = start_organisation(
        token=token, name=name, language=language, person=person, email=email, password=password, now=now
    )
    furnish(owner, now=now)
    return owner


@transaction.atomic
def set_up_another(user: User, *, name: str, language: str, now: datetime) -> Member:
    """Make one more organisation on this installation, owned by somebody with an account.

    Errors: Invalid("name", "name_empty").
    """
    owner = found_organisation(user, name=name, language=language, now=now)
    furnish(owner, now=now)
    return owner


def furnish(owner: Member, *, now: datetime) -> None:
    """Give a new organisation what it needs to begin; what is there already stays."""
    with scope(organisation=owner.organisation):
        install_starter_policy(owner, now=now)
        install_builtin(owner, now=now)
        install_starter_norms(owner, now=now)
