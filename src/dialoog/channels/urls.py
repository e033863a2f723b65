"""Addresses of channels."""

from django.urls import path

from dialoog.channels.views import bluesky, channels

app_name = "channels"
urlpatterns = [
    path("o/<slug:slug>/kanalen/", channels.channels, name="channels"),
    path("o/<slug:slug>/kanalen/newsroom/", channels.install, name="install"),
    path("o/<slug:slug>/kanalen/bluesky/", bluesky.connect, name="bluesky"),
    path("o/<slug:slug>/kanalen/<int:channel_id>/loskoppelen/", channels.disconnect, name="disconnect"),
    path("o/<slug:slug>/kanalen/<int:channel_id>/controleren/", channels.look, name="look"),
]
