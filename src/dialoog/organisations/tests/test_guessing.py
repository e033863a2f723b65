"""One guesser keeps nobody else out, and what is counted can't be pushed out."""

import pytest
from django.conf import settings as installed
from django.core.cache import cache
from django.test import Client

LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def nothing_counted(db):
    cache.clear()
    yield
    cache.clear()


def statuses(address, times):
    client = Client(headers={"x-forwarded-for": address})
    return [client.post(LOGIN).status_code for _number in range(times)]


def test_behind_a_proxy_each_caller_is_counted_apart(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert statuses("203.0.113.9", 31)[-1] == 429
    assert statuses("203.0.113.10", 1) == [200]
    assert statuses("203.0.113.10, 203.0.113.9", 1) == [429]  # the proxy's own entry is the last one


def test_without_a_proxy_nobody_names_their_own_address():
    assert installed.ALLAUTH_TRUSTED_PROXY_COUNT == 0
    assert statuses("203.0.113.9", 30)[-1] == 200
    assert statuses("203.0.113.10", 1) == [429]


def test_many_failures_do_not_push_out_the_count_of_one():
    cache.set("counted", [1.0], 300)
    for number in range(1000):
        cache.set(f"another-{number}", [1.0], 300)
    assert cache.get("counted") == [1.0]
