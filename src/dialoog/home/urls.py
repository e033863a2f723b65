"""Addresses of the first page and of Vandaag."""

from django.urls import path

from dialoog.home.views import pages, setup

app_name = "home"
urlpatterns = [
    path("", pages.start, name="start"),
    path("mijn-account/", pages.account, name="account"),
    path("start/<str:token>/", setup.organisation, name="setup"),
    path("start/<str:token>/account/", setup.owner, name="setup-owner"),
    path("o/<slug:slug>/start/tijden/", setup.times, name="setup-times"),
    path("o/<slug:slug>/start/netwerken/", setup.networks, name="setup-networks"),
    path("o/<slug:slug>/start/collegas/", setup.colleagues, name="setup-colleagues"),
    path("o/<slug:slug>/start/controle/", setup.check, name="setup-check"),
    path("o/<slug:slug>/", pages.today, name="today"),
]
