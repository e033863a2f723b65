"""Options of the fault harness; `DIALOOG_KILLS` and `DIALOOG_SEED` do the same for the whole suite."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from place import load


def pytest_addoption(parser):
    parser.addoption("--kills", type=int, help="how many workers to kill (300)")
    parser.addoption("--seed", type=int, help="of the chances taken; printed by each run")


@pytest.fixture(scope="session")
def kills(request):
    given = request.config.getoption("--kills", default=None)
    return given or int(os.environ.get("DIALOOG_KILLS", "300"))


@pytest.fixture(scope="session")
def seed(request):
    given = request.config.getoption("--seed", default=None)
    return given or int(os.environ.get("DIALOOG_SEED", "20261126"))


@pytest.fixture(scope="module")
def pds():
    server = load("pds_server").start()
    yield server
    server.stop()
