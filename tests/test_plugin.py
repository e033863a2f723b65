"""A network in a package of its own: built, installed, found by its entry point, and held against the common suite."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples/dialoog-matrix"


def _run(*command, **environment):
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def test_the_example_is_installed_and_passes_the_suite(tmp_path):
    uv = os.environ.get("UV") or shutil.which("uv")
    assert uv, "uv is needed to build the example; ./check brings it along"
    target = tmp_path / "installed"
    _run(
        uv,
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--python",
        sys.executable,
        "--target",
        str(target),
        str(EXAMPLE),
    )
    tests = tmp_path / "tests"
    shutil.copytree(EXAMPLE / "tests", tests)
    told = _run(
        *(
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:django",
            "-p",
            "no:xdist",
        ),
        *("--rootdir", str(tests), "-c", "/dev/null", "--import-mode=prepend", str(tests)),
        PYTHONPATH=str(target),
    )
    assert " passed" in told
    names = _run(
        sys.executable,
        "-c",
        "from dialoog.networks.registry import connectors; print(*connectors())",
        PYTHONPATH=str(target),
    ).split()
    assert names[-1] == "matrix"
