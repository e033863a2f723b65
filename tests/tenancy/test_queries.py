"""At most fifteen queries a page, on every screen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope
from test_matrix import SCREENS, address, make_things

MOST = 15


@pytest.mark.parametrize(("name", "route", "view"), SCREENS, ids=[name for name, *_ in SCREENS])
def test_a_page_asks_the_database_at_most_fifteen_times(name, route, view, korenaar, noor, browse):
    with scope(organisation=korenaar):
        things = make_things(korenaar, noor)
    client = browse(noor)
    with CaptureQueriesContext(connection) as queries:
        client.get(address(name, route, things))
    # The session and the account are read by whoever signs people in.
    asked = [one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
    assert len(asked) <= MOST + 3, f"{len(asked)}: " + "\n".join(sql[:160] for sql in asked)
