"""Addresses of channels."""

from django.urls import path

from dialoog.channels.views import bluesky, channels, sign_in

app_name = "channels"
urlpatterns = [
    path("o/<slug:slug>/kanalen/", channels.channels, name="channels"),
    path("o/<slug:slug>/kanalen/newsroom/", channels.install, name="install"),
    path("o/<slug:slug>/kanalen/bluesky/", bluesky.connect, name="bluesky"),
    path("o/<slug:slug>/kanalen/bluesky/aanmelden/", sign_in.begin, name="begin"),
    path("o/<slug:slug>/kanalen/bluesky/aanmelden/<int:attempt_id>/", sign_in.go, name="go"),
    path("koppelen/bluesky/terug/", sign_in.back, name="back"),
    path("koppelen/bluesky/client-metadata.json", sign_in.client_document, name="client_document"),
    path("o/<slug:slug>/kanalen/<int:channel_id>/loskoppelen/", channels.disconnect, name="disconnect"),
    path("o/<slug:slug>/kanalen/<int:channel_id>/controleren/", channels.look, name="look"),
]
