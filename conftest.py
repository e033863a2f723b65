"""What all tests share: a data folder of their own, compiled texts, and a cast of people."""

import atexit
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

if "DIALOOG_DATA" not in os.environ:
    os.environ["DIALOOG_DATA"] = tempfile.mkdtemp(prefix="dialoog-tests-")
    atexit.register(shutil.rmtree, os.environ["DIALOOG_DATA"], ignore_errors=True)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialoog.config.settings")
if os.environ.get("DIALOOG_TEST_STORE") == "postgresql" and "DIALOOG_DATABASE" not in os.environ:
    # A server of their own for these tests; processes that tests start use it too.
    sys.path.insert(0, str(Path(__file__).parent / "tests/servers"))
    from postgres_server import PostgresServer

    _postgres = PostgresServer()
    atexit.register(_postgres.stop)
    os.environ["DIALOOG_DATABASE"] = _postgres.url

from dialoog.config import installation, messages

installation.ensure(installation.data_folder())
messages.compile_all()

import django  # noqa: E402 - after the data folder

# Here and not by pytest's own setting: that would read the settings before the data folder is known.
django.setup()

# A check must give the same answer twice; DIALOOG_EXAMPLES looks further, by chance, and for longer.
hypothesis.settings.register_profile("check", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", print_blob=True, deadline=None)
hypothesis.settings.load_profile("search" if "DIALOOG_EXAMPLES" in os.environ else "check")


def pytest_sessionstart(session):
    """Collect the static files once, before other processes that run tests or that tests start."""
    from django.core.management import call_command

    if not hasattr(session.config, "workerinput"):
        call_command("collectstatic", verbosity=0, interactive=False)


@pytest.fixture
def now():
    """A Thursday in working hours, in the Netherlands 10:30."""
    return datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def make_organisation(name, slug, **fields):
    from dialoog.organisations.models import Organisation

    joined = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    return Organisation.objects.create(name=name, slug=slug, **{"created_at": joined, **fields})


def make_member(organisation, name, *roles):
    """Make somebody with an account and these roles; the address is the name at example.org."""
    from django_scopes import scope

    from dialoog.organisations.models import Member, RoleGrant, User

    joined = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    plain = name.lower().replace("ş", "s")
    user, is_new = User.objects.get_or_create(
        email=f"{plain}@example.org", defaults={"name": name, "joined_at": joined}
    )
    if is_new:
        user.set_unusable_password()
        user.save()
    with scope(organisation=organisation):
        member = Member.objects.create(organisation=organisation, user=user, joined_at=joined)
        for role in roles:
            RoleGrant.objects.create(organisation=organisation, member=member, role=role)
        assert member.roles == set(roles)
    return member


@pytest.fixture(name="make_member")
def _make_member():
    return make_member


@pytest.fixture
def korenaar(db):
    """Bakery De Korenaar."""
    return make_organisation("Bakkerij De Korenaar", "korenaar")


@pytest.fixture
def vaartland(db):
    """Another organisation, of which nobody at De Korenaar may see anything."""
    return make_organisation("Gemeente Vaartland", "vaartland")


@pytest.fixture
def noor(korenaar):
    """The owner."""
    return make_member(korenaar, "Noor", "owner")


@pytest.fixture
def sam(korenaar):
    """An editor."""
    return make_member(korenaar, "Sam", "editor")


@pytest.fixture
def ayse(korenaar):
    """An approver."""
    return make_member(korenaar, "Ayşe", "approver")


@pytest.fixture
def bram(korenaar):
    """Service: answers people."""
    return make_member(korenaar, "Bram", "service")


@pytest.fixture
def tom(vaartland):
    """A stranger: owner of the other organisation."""
    return make_member(vaartland, "Tom", "owner")


@pytest.fixture
def inside(korenaar):
    """Open the scope of De Korenaar for the whole test."""
    from django_scopes import scope

    with scope(organisation=korenaar):
        yield korenaar


@pytest.fixture
def browse(db):
    """Return a test client signed in as the given member."""
    from django.test import Client

    def signed_in(member, **options):
        client = Client(**options)
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in
