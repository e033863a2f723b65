"""The design language in a browser: no violations, nothing sideways, and what the scripts promise."""

import importlib.util
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PAGES = ["", "formulier/", "inbox/", "leeg/", "deel/"]
LOOKS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"), (320, "light")]


def load(name):
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


URLS = load("gallery")


@pytest.fixture
def site(site, settings):
    """The gallery beside the real addresses."""
    settings.ROOT_URLCONF = URLS
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [HERE / "templates"]}]
    return site


@pytest.mark.parametrize("address", PAGES)
def test_no_page_of_the_gallery_has_a_violation_or_sticks_out(page_for, axe, fits, address):
    for width, scheme in LOOKS:
        page = page_for(width=width, scheme=scheme)
        page.goto(f"/galerij/{address}")
        axe(page, where=f"{address or 'index'} {width} {scheme}")
        fits(page)
