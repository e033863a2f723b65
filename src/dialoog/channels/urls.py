"""Addresses of channels."""

from django.urls import path

from dialoog.channels.views import channels, connect, exposed, sign_in

app_name = "channels"
urlpatterns = [
    path("o/<slug:slug>/kanalen/", channels.channels, name="channels"),
    path("o/<slug:slug>/kanalen/newsroom/", channels.install, name="install"),
    path("o/<slug:slug>/kanalen/toevoegen/", connect.add, name="add"),
    path("o/<slug:slug>/kanalen/toevoegen/<slug:network>/", connect.network, name="connect"),
    path("o/<slug:slug>/kanalen/toevoegen/<slug:network>/<slug:way>/", connect.way, name="way"),
    path("o/<slug:slug>/kanalen/aanmelden/<int:attempt_id>/", sign_in.go, name="go"),
    path("o/<slug:slug>/kanalen/kiezen/<int:attempt_id>/", sign_in.choose, name="choose"),
    path("koppelen/<slug:network>/terug/", sign_in.back, name="back"),
    path("koppelen/media/<slug:token>/", exposed.media, name="exposed"),
    path("koppelen/bluesky/client-metadata.json", sign_in.client_document, name="client_document"),
    path("o/<slug:slug>/kanalen/<int:channel_id>/loskoppelen/", channels.disconnect, name="disconnect"),
    path("o/<slug:slug>/kanalen/<int:channel_id>/controleren/", channels.look, name="look"),
]
