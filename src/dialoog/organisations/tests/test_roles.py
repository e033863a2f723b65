from dataclasses import dataclass

import pytest

from dialoog.organisations.roles import TABLE, Role, may


@dataclass
class Person:
    roles: frozenset


@pytest.mark.parametrize("permission", TABLE)
@pytest.mark.parametrize("role", Role)
def test_each_role_has_just_the_permissions_of_the_table(permission, role):
    assert may(Person(frozenset({role})), permission) == (role in TABLE[permission])


def test_nobody_without_a_role_may_anything():
    assert not any(may(Person(frozenset()), permission) for permission in TABLE)


def test_a_misspelt_permission_fails_at_once():
    with pytest.raises(KeyError):
        may(Person(frozenset(Role)), "post.aprove")
