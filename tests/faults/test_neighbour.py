"""A network that hangs takes no other channel along; and the token of a channel is renewed once for all its posts."""

import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.faults
BENCHMARK = Path(__file__).parents[2] / "benchmarks/delivery.py"
POSTS = 60


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("delivery_benchmark", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    sys.modules["delivery_benchmark"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("scenario", "renewals"), [("neighbour", 0), ("expired", 1)])
def test_a_real_worker_brings_every_post_once(benchmark, scenario, renewals):
    found = benchmark.measured(scenario, SimpleNamespace(posts=POSTS, delay=0.02))
    assert (found["lost"], found["twice"]) == (0, 0)
    calls = [found["calls"].get(name, 0) for name in benchmark.LOGINS]
    assert calls == [0, renewals]
    # Nothing leaves before its moment.
    assert found["late"][0] >= 0
