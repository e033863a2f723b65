"""All addresses: every room that has a `urls` module brings its own."""

from importlib.util import find_spec

from django.apps import apps
from django.urls import include, path
from django.views.generic import RedirectView

from dialoog.config import health

_rooms = [app.name for app in apps.get_app_configs() if app.name.startswith("dialoog.")]

urlpatterns = [
    path("healthz", health.live, name="live"),
    path("readyz", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    # One address a person, kept by the owner: this page of allauth would let people have several.
    path("account/email/", RedirectView.as_view(pattern_name="home:account"), name="account_email"),
    path("account/", include("allauth.urls")),
    *(path("", include(f"{room}.urls")) for room in _rooms if find_spec(f"{room}.urls")),
]
