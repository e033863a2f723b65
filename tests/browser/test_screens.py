"""Every screen of an owner that an address alone opens: no violation, nothing sideways, no error in the console."""

from importlib.util import find_spec

import pytest
from django.apps import apps
from django.urls import URLPattern
from django.utils.module_loading import import_string

# Both themes and both layouts in two looks; 320 px is for what sticks out.
LOOKS = [(1280, "light"), (390, "dark")]
NO_PAGE = {302, 303, 405}  # goes on to another screen, or is only posted to


def screens():
    """Return the addresses of all rooms that need nothing but the organisation."""
    for app in apps.get_app_configs():
        if app.name.startswith("dialoog.") and find_spec(f"{app.name}.urls"):
            for pattern in import_string(f"{app.name}.urls.urlpatterns"):
                route = str(pattern.pattern)
                if isinstance(pattern, URLPattern) and route.startswith("o/<slug:slug>/"):
                    rest = route.removeprefix("o/<slug:slug>/")
                    if "<" not in rest:
                        yield rest


@pytest.mark.parametrize("address", sorted(set(screens())))
def test_a_screen_is_for_everybody(page_for, browse, noor, axe, fits, address):
    found = browse(noor).get(f"/o/korenaar/{address}")
    assert found.status_code in {200} | NO_PAGE
    if found.status_code in NO_PAGE or "text/html" not in found.headers["Content-Type"]:
        return
    for width, scheme in LOOKS:
        page = page_for(noor, width=width, scheme=scheme)
        page.goto(f"/o/korenaar/{address}")
        assert page.locator("h1").count() == 1
        axe(page, where=f"{address} {width} {scheme}")
        fits(page)
    page.set_viewport_size({"width": 320, "height": 700})
    fits(page)
