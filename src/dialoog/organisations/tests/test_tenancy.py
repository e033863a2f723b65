from datetime import UTC, datetime

import pytest
from django_scopes import scope, scopes_disabled
from django_scopes.exceptions import ScopeError

from dialoog.organisations.models import Department, Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    made = [
        Organisation.objects.create(name=n, slug=n.lower(), created_at=datetime(2026, 11, 23, tzinfo=UTC))
        for n in ("Korenaar", "Elders")
    ]
    with scopes_disabled():
        for one in made:
            Department.objects.create(organisation=one, name=f"Winkel {one.name}")
    return made


def test_a_query_that_forgets_the_organisation_is_an_error(two):
    with pytest.raises(ScopeError):
        Department.objects.count()


def test_a_query_sees_only_its_own_organisation(two):
    with scope(organisation=two[0]):
        assert [d.name for d in Department.objects.all()] == ["Winkel Korenaar"]
