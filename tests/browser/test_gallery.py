"""The design language in a browser: no violations, nothing sideways, and what the scripts promise."""

import pytest
from gallery import gallery_site as site  # noqa: F401 - a fixture

PAGES = ["", "formulier/", "inbox/", "leeg/", "deel/"]
LOOKS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"), (320, "light")]


@pytest.mark.parametrize("address", PAGES)
def test_no_page_of_the_gallery_has_a_violation_or_sticks_out(page_for, axe, fits, address):
    for width, scheme in LOOKS:
        page = page_for(width=width, scheme=scheme)
        page.goto(f"/galerij/{address}")
        axe(page, where=f"{address or 'index'} {width} {scheme}")
        fits(page)
